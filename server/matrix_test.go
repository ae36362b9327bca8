package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"quire/server/api"
	"quire/storage"
)

// P10, W9: everybody × everything × every state of a document × before and after a change, over real HTTP and real
// sockets, against matrix_table_test.go.

const changedText = `[{"insert":"new\n"}]`

// try is how an operation is asked: what follows the document's path is in the API's own description.
type try struct {
	body   any
	header []string
	query  string
}

func tries(s *specimen) map[string]try {
	role := func(r string) map[string]any { return map[string]any{"role": r} }
	return map[string]try{
		"rename-document":         {body: map[string]any{"title": "New"}},
		"delete-document/forever": {query: "?permanently=true"},
		"get-content/text":        {query: "?format=text"},
		"get-content/older":       {query: "?revision=1"},
		"put-content":             {body: changedText, header: []string{"If-Match", `"r2"`}},
		"submit-op":               {body: map[string]any{"base_revision": 1, "op": []any{map[string]any{"insert": "x"}}}},
		"change-member":           {body: role("viewer")},
		"set-member":              {body: role("viewer")},
		"set-member/new":          {body: role("viewer")},
		"make-link":               {body: role("viewer")},
		"change-link":             {body: map[string]any{"expires_at": nil}},
		"make-invitation":         {body: map[string]any{"email": "somebody@example.org", "role": "viewer"}},
		"set-document-group":      {body: role("commenter")},
		"set-reach":               {body: role("viewer")},
		"transfer-document":       {body: map[string]any{"user": s.m.other.id, "then": "editor"}},
		"request-access":          {body: role("editor")},
		"grant-request":           {body: role("viewer")},
	}
}

// matrix is what all cells share.
type matrix struct {
	h                   *house
	ada, other, asker   *caller // owner of everything, another editor of everything, somebody who asks for access
	newcomer            *caller // has nothing to do with any document
	bystanders          string  // the id of ada's own group
	elsewhere           string  // a document of ada's that guests come from
	callers             map[string]*caller
	specimens           map[string]*specimen
	cells, made, failed int
}

// specimen is a document in some state, with somebody's way to it. Cells that change nothing share it.
type specimen struct {
	m                              *matrix
	doc, link, invitation, groupOf string
	came                           string // the link that it came by
	who                            person
	caller                         *caller
	line                           *line // opened before the change
}

func newMatrix(t *testing.T) *matrix {
	h := newHouse(t, func(c *Config) {
		withTokens(c)
		c.Auth.Limits.PersonBurst = 1_000_000
	})
	m := &matrix{h: h, callers: map[string]*caller{}, specimens: map[string]*specimen{}}
	m.callers["admin"] = h.account("admin")
	m.ada, m.other, m.asker = h.account("ada"), h.account("other"), h.account("asker")
	m.newcomer = h.account("newcomer")
	m.bystanders = m.ada.group("Bystanders")
	m.elsewhere = m.ada.document("elsewhere")
	return m
}

// caller returns somebody's browser; one for each, whatever the document.
func (m *matrix) caller(p person) *caller {
	if p.byClaim() {
		return m.h.nobody() // its token is made for the document
	}
	if c := m.callers[p.name]; c != nil {
		return c
	}
	var c *caller
	switch p.way {
	case "admin":
		return m.callers["admin"]
	case "nobody":
		c = m.h.nobody()
	case "reading-token", "writing-token":
		browser := m.h.account(strings.ReplaceAll(p.name, " ", "-"))
		if p.administers() {
			m.callers["admin"].do("PATCH", "/admin/people/"+browser.id, map[string]any{"admin": true}).want(200)
		}
		scope := map[string]string{"reading-token": "read", "writing-token": "write"}[p.way]
		made := browser.do("POST", "/me/tokens", map[string]any{"name": "mine", "scope": scope, "expires_in_days": 1}).want(201)
		c = m.h.bearer(made["token"].(string))
		c.id = browser.id
	case "guest", "link":
		c = m.h.nobody()
		_, secret := m.ada.link(m.elsewhere, "viewer")
		c.id = c.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)["user"].(map[string]any)["id"].(string)
	default:
		c = m.h.account(strings.ReplaceAll(p.name, " ", "-"))
	}
	m.callers[p.name] = c
	return c
}

// specimen makes a document of two revisions in a state, and lets p in.
func (m *matrix) specimen(p person, state, change string) *specimen {
	s := &specimen{m: m, who: p, caller: m.caller(p), doc: fmt.Sprint("never-was-there-", m.made), link: "none", invitation: "none"}
	m.made++
	if state != "never" {
		s.furnish()
	}
	s.admit(state)
	if change != "" {
		s.line = s.caller.subscribed(m.h.t.(*testing.T), s.doc)
		s.change(change)
	}
	path := "/documents/" + s.doc
	switch state {
	case "trashed":
		m.ada.do("DELETE", path, nil).want(204)
	case "deleted":
		m.ada.do("DELETE", path+"?permanently=true", nil).want(204)
	}
	return s
}

// furnish makes the document and one of everything in it.
func (s *specimen) furnish() {
	m := s.m
	if s.who.way == "maker" {
		s.doc = fmt.Sprint("made-", m.made)
		maker := m.h.bearer(token(m.h.t, s.sub(), map[string]string{"made-*": "owner"}, time.Hour))
		maker.do("POST", "/documents", map[string]any{"id": s.doc, "text": "text"}).want(201)
		m.h.grant(s.doc, m.ada.id, "owner")
	} else {
		s.doc = m.ada.document("text")
	}
	path := "/documents/" + s.doc
	m.ada.do("POST", path+"/ops", map[string]any{"base_revision": 1, "op": []any{map[string]any{"insert": "more "}}}).want(200)
	m.h.grant(s.doc, m.other.id, "editor")
	s.link, _ = m.ada.link(s.doc, "viewer")
	s.invitation, _ = m.ada.invitation(s.doc, "invited@example.org", "viewer")
	m.ada.do("PUT", path+"/groups/"+m.bystanders, map[string]any{"role": "viewer"}).want(200)
	m.asker.do("POST", path+"/requests", map[string]any{"role": "viewer"}).want(202)
}

// admit returns the way.
func (s *specimen) admit(state string) {
	m, path := s.m, "/documents/"+s.doc
	switch {
	case s.who.byClaim():
		claims := map[string]string{"another-*": "owner"}
		if s.who.role != "none" {
			claims = map[string]string{s.doc: s.who.role}
		}
		s.caller = m.h.bearer(token(m.h.t, s.sub(), claims, time.Hour))
		s.caller.id = s.caller.do("GET", "/me", nil).want(200)["id"].(string)
		if state != "never" && s.who.row != "" {
			s.plant()
		}
	case state == "never":
	case s.who.byGrant():
		m.h.grant(s.doc, s.caller.id, s.who.role)
	case s.who.way == "group":
		s.groupOf = m.ada.group(fmt.Sprint("Group ", m.made), s.caller)
		m.ada.do("PUT", path+"/groups/"+s.groupOf, map[string]any{"role": s.who.role}).want(200)
	case s.who.way == "reach":
		m.ada.do("PUT", path+"/reach", map[string]any{"role": s.who.role}).want(200)
	case s.who.way == "link":
		var secret string
		s.came, secret = m.ada.link(s.doc, s.who.role)
		s.caller.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	}
}

// sub is who a token names.
func (s *specimen) sub() string { return "app-" + s.who.role + "-" + s.who.row }

// plant returns a token's person what such people could come by before: a role by name, and one through a group.
func (s *specimen) plant() {
	m, ctx := s.m, context.Background()
	m.h.grant(s.doc, s.caller.id, s.who.row)
	group := m.ada.group(fmt.Sprint("Rows ", m.made))
	member := storage.GroupMember{Group: group, User: storage.UserID(s.caller.id), CreatedAt: time.Now()}
	if err := m.h.store.SetGroupMember(ctx, member); err != nil {
		m.h.t.Fatal(err)
	}
	m.ada.do("PUT", "/documents/"+s.doc+"/groups/"+group, map[string]any{"role": "editor"}).want(200)
}

// change takes the way away or lowers it, and waits until the open line has felt it.
func (s *specimen) change(how string) {
	m, path := s.m, "/documents/"+s.doc
	lowered := map[string]any{"role": "viewer"}
	member, group := path+"/members/"+s.caller.id, path+"/groups/"+s.groupOf
	way := s.who.way
	if s.who.byGrant() {
		way = "grant"
	}
	switch way + " " + how {
	case "grant removed", "link removed":
		m.ada.do("DELETE", member, nil).want(204)
	case "grant lowered", "link lowered":
		m.ada.do("PATCH", member, lowered).want(200)
	case "group removed":
		m.ada.do("DELETE", group, nil).want(204)
	case "group lowered":
		m.ada.do("PUT", group, lowered).want(200)
	case "group left the group":
		s.caller.do("DELETE", "/groups/"+s.groupOf+"/members/"+s.caller.id, nil).want(204)
	case "group group deleted":
		m.ada.do("DELETE", "/groups/"+s.groupOf, nil).want(204)
	case "link withdrawn":
		m.ada.do("DELETE", path+"/links/"+s.came+"?people=remove", nil).want(204)
	case "link withdrawn and kept":
		m.ada.do("DELETE", path+"/links/"+s.came, nil).want(204)
		return // whom it brought stay
	case "reach removed":
		m.ada.do("PUT", path+"/reach", map[string]any{"role": "none"}).want(200)
	case "reach lowered":
		m.ada.do("PUT", path+"/reach", lowered).want(200)
	default:
		m.h.t.Fatalf("no way to have %s %s", s.who.name, how)
	}
	if how == "lowered" {
		s.line.until("the lower role", is("role", "viewer"))
		return
	}
	if code := s.line.closed(); code != 4501 {
		m.h.t.Errorf("%s, %s: closed with %d, want 4501", s.who.name, how, code)
	}
	s.line = nil
}

// use returns a specimen to a cell: a fresh one if the cell is to change it.
func (m *matrix) use(p person, state, change string, fresh bool) *specimen {
	key := p.name + "/" + state + "/" + change
	if fresh {
		return m.specimen(p, state, change)
	}
	if m.specimens[key] == nil {
		m.specimens[key] = m.specimen(p, state, change)
	}
	return m.specimens[key]
}

// roleAfter is the role that a change leaves.
func (p person) roleAfter(change string) string {
	switch change {
	case "", "withdrawn and kept":
		return p.role
	case "lowered":
		return "viewer"
	}
	return "none"
}

// operation is a route about a document, from the API's description.
type operation struct{ method, path string }

func operations(t *testing.T) map[string]operation {
	text, err := api.Spec()
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Paths map[string]map[string]struct {
			ID string `json:"operationId"`
		}
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	found := map[string]operation{}
	for path, methods := range spec.Paths {
		for method, op := range methods {
			if strings.HasPrefix(path, "/documents/{id}") {
				found[op.ID] = operation{strings.ToUpper(method), path}
			}
		}
	}
	return found
}

func (m *matrix) fail(format string, args ...any) {
	m.failed++
	m.h.t.Errorf(format, args...)
}

func TestP10TheWholeMatrixOverREST(t *testing.T) {
	m := newMatrix(t)
	described, table := operations(t), words(restTable)
	for id := range described {
		if table[id] == nil {
			t.Errorf("the API has %s, of which the table says nothing", id)
		}
	}
	for name := range table {
		if id, _, _ := strings.Cut(name, "/"); described[id].path == "" {
			t.Errorf("the table has %s, which the API does not know", name)
		}
	}
	m.each(func(p person, state, change string) {
		for _, name := range sorted(table) {
			want := p.wantsREST(table[name], state, change)
			id, _, _ := strings.Cut(name, "/")
			never := want == "y" && slices.Contains(strings.Fields(readingNever), id)
			if p.way == "reading-token" && (described[id].method != "GET" || never) {
				want = "3"
			}
			fresh := want == "y" && !strings.HasPrefix(name, "get-") && !strings.HasPrefix(name, "list-")
			m.tryREST(m.use(p, state, change, fresh), described, name, want, state+" "+change)
		}
	})
	t.Logf("%d cells over REST, %d wrong; %d documents", m.cells, m.failed, m.made)
	if m.cells < 1000 {
		t.Errorf("%d cells are too few", m.cells)
	}
}

// each goes through who, state and change. Changes are tried on live documents.
func (m *matrix) each(f func(p person, state, change string)) {
	for _, p := range people() {
		for _, state := range []string{"live", "trashed", "deleted", "never"} {
			for _, change := range p.changes() {
				if change == "" || state == "live" {
					f(p, state, change)
				}
			}
		}
	}
}

func sorted(table map[string][]string) []string {
	var names []string
	for name := range table {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// wantsREST is the letter of a cell.
func (p person) wantsREST(row []string, state, change string) string {
	if p.way == "nobody" {
		return "1"
	}
	letter := "4"
	if state == "live" || state == "trashed" {
		word := row[0]
		if state == "trashed" {
			word = row[1]
		}
		letter = word[place(p.roleAfter(change)) : place(p.roleAfter(change))+1]
	} else if row[0] == "aaaaa" {
		letter = "a"
	}
	if by := words(byWay)[letter]; by != nil {
		for _, entry := range by {
			if way, l, _ := strings.Cut(entry, ":"); way == p.way {
				return l
			}
		}
	}
	return letter
}

// place is a role's place in a word.
func place(role string) int { return slices.Index(ranks, role) }

func (m *matrix) tryREST(s *specimen, described map[string]operation, name, want, when string) {
	m.cells++
	id, variant, _ := strings.Cut(name, "/")
	user := m.other.id
	switch {
	case variant == "me":
		user = s.caller.id
	case variant == "new":
		user = m.newcomer.id
	case strings.HasSuffix(id, "-request"):
		user = m.asker.id
	}
	if user == "" {
		user = "nobody"
	}
	op, how := described[id], tries(s)[name]
	path := strings.NewReplacer("{id}", s.doc, "{user}", user, "{link}", s.link, "{invitation}", s.invitation, "{group}", m.bystanders).
		Replace(op.path)
	got := s.caller.do(op.method, path+how.query, how.body, how.header...)
	status, kind := s.who.means(want)
	if got.status/100 != status/100 || status >= 400 && got.status != status || status == 202 && got.status != 202 {
		m.fail("%s, %s: %s = %d %s, want %d", s.who.name, when, name, got.status, got.body, status)
	}
	if kind != "" && !strings.Contains(string(got.body), `urn:quire:problem:`+kind) {
		m.fail("%s, %s: %s = %s, want the problem %s", s.who.name, when, name, got.body, kind)
	}
}

// means returns the status of a letter, and the kind of problem.
func (p person) means(letter string) (int, string) {
	switch letter {
	case "1":
		return http.StatusUnauthorized, "signed-out"
	case "4":
		return http.StatusNotFound, "not-found"
	case "3":
		return http.StatusForbidden, "forbidden"
	case "c":
		return http.StatusConflict, "conflict"
	case "t":
		return http.StatusConflict, "in-trash"
	case "a":
		if p.isAccount() {
			return http.StatusAccepted, ""
		}
		return http.StatusForbidden, "forbidden"
	}
	return http.StatusOK, ""
}
