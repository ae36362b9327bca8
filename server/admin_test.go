package server

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"quire/server/auth"
	"quire/server/mail/mailtest"
	"quire/server/settings"
	"quire/storage"
)

// adminRoutes are all of them.
func adminRoutes(person, doc string) [][3]string {
	return [][3]string{
		{"GET", "/admin/people", ""}, {"POST", "/admin/people", `{"name":"x","email":"x@example.org"}`},
		{"PATCH", "/admin/people/" + person, `{"admin":true}`}, {"DELETE", "/admin/people/" + person + "?shared=delete", ""},
		{"GET", "/admin/people/" + person + "/sign-ins", ""}, {"DELETE", "/admin/people/" + person + "/sign-ins", ""},
		{"DELETE", "/admin/people/" + person + "/sign-ins/x", ""}, {"GET", "/admin/documents", ""},
		{"POST", "/admin/documents/" + doc + "/transfer", fmt.Sprintf(`{"to":%q}`, person)}, {"GET", "/admin/storage", ""},
		{"GET", "/admin/settings", ""}, {"POST", "/admin/people/" + person + "/password-reset", ""},
		{"PATCH", "/admin/settings", `{"signup":"closed"}`}, {"GET", "/admin/audit", ""},
	}
}

func TestAdministrationIsForAdministratorsInABrowser(t *testing.T) {
	h := newHouse(t, withTokens)
	admin, bob := h.account("admin"), h.account("bob")
	doc := admin.document("text")
	_, link := admin.link(doc, "editor")
	guest := h.nobody()
	guest.do("POST", "/links/claim", map[string]any{"token": link}).want(200)
	app := h.bearer(token(t, "u", map[string]string{"*": "owner"}, time.Minute))
	for _, r := range adminRoutes(bob.id, doc) {
		h.nobody().do(r[0], r[1], r[2]).problem(401, "signed-out")
		for _, c := range []*caller{bob, guest, app, admin.token("write")} {
			c.do(r[0], r[1], r[2]).problem(403, "forbidden")
		}
		admin.do(r[0], r[1], r[2], "Origin", "https://evil.example").problem(403, "foreign-origin")
	}
	if spec := h.nobody().do("GET", "/api/openapi.json", nil).want(200); countAdmin(spec) != len(adminRoutes("", "")) {
		t.Errorf("the API has %d routes for administrators, the test knows %d", countAdmin(spec), len(adminRoutes("", "")))
	}
	if got := bob.do("GET", "/me", nil).want(200); got["admin"] != false {
		t.Errorf("bob is %v", got)
	}
}

func countAdmin(spec map[string]any) (n int) {
	for path, methods := range spec["paths"].(map[string]any) {
		if strings.HasPrefix(path, "/admin/") {
			n += len(methods.(map[string]any))
		}
	}
	return n
}

func TestAdministratorsSeePeopleAndDocumentsButNoContent(t *testing.T) {
	h := newHouse(t, nil)
	admin, bob := h.account("admin"), h.account("bob")
	doc := bob.document("the hidden text")
	gone := bob.document("the hidden text")
	bob.do("DELETE", "/documents/"+gone, nil).want(204)
	_, link := bob.link(doc, "viewer")
	h.nobody().do("POST", "/links/claim", map[string]any{"token": link, "name": "Guest G"}).want(200)
	seen := ""
	list := func(path string) []map[string]any {
		res := admin.do("GET", path, nil)
		seen += string(res.body)
		return items(res.want(200))
	}
	people := list("/admin/people")
	if len(people) != 2 || people[0]["name"] != "admin" || people[1]["name"] != "bob" || people[1]["documents"] != 2.0 || people[1]["quota"] != nil ||
		people[1]["last_seen_at"] == nil || people[1]["bytes"].(float64) < 30 {
		t.Errorf("people %v", people)
	}
	if all := list("/admin/people?guests=true"); len(all) != 3 {
		t.Errorf("with guests %v", all)
	}
	if found := list("/admin/people?q=OB@EX"); len(found) != 1 || found[0]["id"] != bob.id {
		t.Errorf("found %v", found)
	}
	page := admin.do("GET", "/admin/people?limit=1", nil).want(200)
	next := admin.do("GET", "/admin/people?limit=1&cursor="+page["next_cursor"].(string), nil).want(200)
	if got := items(next); len(got) != 1 || got[0]["id"] != bob.id || next["next_cursor"] != nil {
		t.Errorf("the second page %v", next)
	}
	admin.do("GET", "/admin/people?cursor=nonsense", nil).problem(422, "invalid")
	documents := list("/admin/documents")
	if len(documents) != 1 || documents[0]["id"] != doc || documents[0]["owner"].(map[string]any)["name"] != "bob" || documents[0]["member_count"] != 2.0 {
		t.Errorf("documents %v", documents)
	}
	if trash := list("/admin/documents?trash=true&owner=" + bob.id); len(trash) != 1 || trash[0]["id"] != gone {
		t.Errorf("trash %v", trash)
	}
	if none := list("/admin/documents?owner=" + admin.id); len(none) != 0 {
		t.Errorf("the administrator's own: %v", none)
	}
	use := admin.do("GET", "/admin/storage", nil).want(200)
	if use["accounts"] != 2.0 || use["guests"] != 1.0 || use["documents"] != 2.0 || use["trashed"] != 1.0 {
		t.Errorf("storage %v", use)
	}
	if size, ok := use["database"].(float64); !ok || size < use["bytes"].(float64) || use["disk"] != nil {
		t.Errorf("storage %v, want the database's size, and no disk of a database that is elsewhere", use)
	}
	seen += string(admin.do("GET", "/admin/audit", nil).body)
	if strings.Contains(seen, "hidden") {
		t.Errorf("a page for administrators shows content: %s", seen)
	}
	for _, path := range []string{"/documents/" + doc, "/documents/" + doc + "/content", "/documents/" + doc + "/members", "/documents/" + doc + "/audit"} {
		admin.do("GET", path, nil).problem(404, "not-found") // being an administrator is no role
	}
}

func TestAnAdministratorMakesAccountsAndGivesDocumentsAway(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	h := newHouse(t, func(c *Config) { withMail(t, s)(c); c.Auth.Signup = auth.SignupClosed })
	admin := h.account("admin")
	s.Next(t)
	made := admin.do("POST", "/admin/people", map[string]any{"name": "Bob", "email": "bob@example.org"}).want(201)
	letter := s.Next(t)
	secret := code(t, h, letter, "reset")
	if made["mailed"] != true || letter.To != "bob@example.org" || made["url"] != h.base+"/reset/"+secret {
		t.Errorf("made %v, a letter to %s", made, letter.To)
	}
	admin.do("POST", "/admin/people", map[string]any{"name": "Bob", "email": "BOB@example.org"}).problem(409, "email-taken")
	bob := h.nobody()
	me := bob.do("POST", "/auth/reset", map[string]any{"code": secret, "password": "a long enough password"}).want(200)
	if me["verified"] != false { // the administrator had the code too
		t.Errorf("me = %v", me)
	}
	bob.id = me["id"].(string)
	doc := admin.document("text")
	reader := bob.subscribedAfter(t, func() { h.grant(doc, bob.id, "viewer") }, doc)
	admin.do("POST", "/admin/documents/"+doc+"/transfer", map[string]any{"to": bob.id}).want(204)
	reader.until("the new role", is("role", "owner"))
	if got := bob.members(doc); got["Bob"] != "owner" || got["admin"] != "editor" {
		t.Errorf("members %v", got)
	}
	admin.do("POST", "/admin/documents/"+doc+"/transfer", map[string]any{"to": "nobody"}).problem(404, "not-found")
	admin.do("POST", "/admin/documents/"+doc+"/transfer", map[string]any{"to": bob.id}).problem(409, "conflict")
	admin.do("POST", "/admin/documents/nothing/transfer", map[string]any{"to": bob.id}).problem(404, "not-found")
	admin.do("DELETE", "/admin/people/"+bob.id+"?shared=transfer", nil).want(200)
	if got := admin.members(doc); got["admin"] != "owner" || len(got) != 1 {
		t.Errorf("members after bob went: %v", got)
	}
	admin.do("DELETE", "/admin/people/"+bob.id+"?shared=transfer", nil).problem(404, "not-found")
	admin.do("DELETE", "/admin/people/"+admin.id, nil).problem(422, "invalid")
}

// subscribedAfter opens a socket on doc after something was done.
func (c *caller) subscribedAfter(t *testing.T, do func(), doc string) *line {
	do()
	return c.subscribed(t, doc)
}

// W9: whoever's sign-ins an administrator ends, their sockets close with "signed out".
func TestW9AnAdministratorEndsAnybodysSignIns(t *testing.T) {
	h := newHouse(t, nil)
	admin, bob := h.account("admin"), h.account("bob")
	doc := bob.document("text")
	other := h.nobody()
	other.do("POST", "/auth/signin", map[string]any{"email": "bob@example.org", "password": "correct horse bob"}).want(200)
	token := bob.token("read")
	one, two, three := bob.subscribed(t, doc), other.subscribed(t, doc), token.subscribed(t, doc)
	list := admin.do("GET", "/admin/people/"+bob.id+"/sign-ins", nil).want(200)
	if len(list["items"].([]any)) != 2 || len(list["tokens"].([]any)) != 1 {
		t.Fatalf("sign-ins %v", list)
	}
	current := other.do("GET", "/me", nil).want(200)["sign_in"].(string)
	admin.do("DELETE", "/admin/people/"+bob.id+"/sign-ins/"+current, nil).want(204)
	if end := two.closed(); end != 4500 {
		t.Errorf("the other browser's socket closed with %d", end)
	}
	bob.do("GET", "/me", nil).want(200)
	admin.do("DELETE", "/admin/people/"+bob.id+"/sign-ins/"+token.id, nil).want(204)
	if end := three.closed(); end != 4500 {
		t.Errorf("the token's socket closed with %d", end)
	}
	admin.do("DELETE", "/admin/people/"+bob.id+"/sign-ins/"+current, nil).problem(404, "not-found")
	admin.do("DELETE", "/admin/people/"+bob.id+"/sign-ins", nil).want(204)
	if end := one.closed(); end != 4500 {
		t.Errorf("the last socket closed with %d", end)
	}
	bob.do("GET", "/me", nil).problem(401, "signed-out")
	admin.do("GET", "/me", nil).want(200)
}

func TestSettingsChangeWhileTheServerRuns(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.account("admin")
	got := admin.do("GET", "/admin/settings", nil).want(200)
	if fmt.Sprint(got["signup"], got["quota_user"]) != "map[from:default value:open] map[from:default value:0]" {
		t.Errorf("settings %v", got)
	}
	got = admin.do("PATCH", "/admin/settings", map[string]any{"signup": "closed", "quota_user": 1 << 20}).want(200)
	if fmt.Sprint(got["signup"], got["quota_user"]) != "map[from:page value:closed] map[from:page value:1.048576e+06]" {
		t.Errorf("settings %v", got)
	}
	if server := h.nobody().do("GET", "/server", nil).want(200); server["signup"] != "closed" {
		t.Errorf("server %v", server)
	}
	h.nobody().do("POST", "/auth/signup", map[string]any{"name": "x", "email": "x@example.org", "password": "a long enough password"}).problem(403, "forbidden")
	admin.do("PATCH", "/admin/settings", map[string]any{"signup": "sometimes"}).problem(422, "invalid")
	admin.do("PATCH", "/admin/settings", map[string]any{"quota_user": -1}).problem(422, "invalid")

	fixed := openHouse(t, h.store, func(c *Config) {
		c.Settings = settings.New(h.store, settings.Start{Signup: "invite", SignupFixed: true, QuotaUser: 5, QuotaFixed: true})
	})
	browser := fixed.nobody()
	browser.do("POST", "/auth/signin", map[string]any{"email": "admin@example.org", "password": "correct horse admin"}).want(200)
	for _, change := range []map[string]any{{"signup": "open"}, {"quota_user": 7}} {
		if fields := browser.do("PATCH", "/admin/settings", change).problem(409, "conflict"); len(fields) != 1 {
			t.Errorf("fields %v", fields)
		}
	}
	got = browser.do("GET", "/admin/settings", nil).want(200)
	if fmt.Sprint(got["signup"], got["quota_user"]) != "map[from:environment value:invite] map[from:environment value:5]" {
		t.Errorf("settings %v", got)
	}
	for _, e := range items(browser.do("GET", "/admin/audit?action=settings.", nil).want(200)) {
		if e["detail"].(map[string]any)["value"] == "open" || e["detail"].(map[string]any)["value"] == 7.0 {
			t.Errorf("a refused change is in the log: %v", e)
		}
	}
}

// P8: an owner's space holds over REST and the socket, whoever writes, and one person's own comes before the installation's.
func TestP8ThePersonsQuotaHoldsOverRESTAndTheSocket(t *testing.T) {
	t.Parallel() // it waits
	h := newHouse(t, func(c *Config) { c.Bounds.QuotaUser = 20 << 10 })
	admin, bob := h.account("admin"), h.account("bob")
	doc := bob.document("text")
	h.grant(doc, admin.id, "editor")
	line := admin.subscribed(t, doc)
	long := strings.Repeat("x", 8<<10)
	seq := 0
	write := func(v int) map[string]any {
		seq++
		line.send(fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":%d,"seq":%d,"x":{},"op":[{"insert":%q}]}`, doc, v, seq, long))
		return line.until("the answer", func(f map[string]any) bool { return f["a"] == "op" && f["seq"] == float64(seq) })
	}
	v, refused := 1, false
	for range 30 { // at most a step of 64 KiB over the bound
		if e, ok := write(v)["error"].(map[string]any); ok {
			refused = strings.Contains(e["message"].(string), "space")
			break
		}
		v++
	}
	if !refused {
		t.Fatal("the space was never used up over the socket")
	}
	bob.do("POST", "/documents/"+doc+"/ops", `{"base_revision":1,"op":[{"insert":"y"}]}`).problem(507, "quota-reached")
	bob.do("PUT", "/documents/"+doc+"/content", "y", "Content-Type", "text/plain", "If-Match", `"r1"`).problem(507, "quota-reached")
	bob.do("POST", "/documents", map[string]any{"text": "more"}).problem(507, "quota-reached")
	admin.do("POST", "/documents", map[string]any{"text": "somebody else's space"}).want(201)
	changed := admin.do("PATCH", "/admin/people/"+bob.id, map[string]any{"quota": -1}).want(200)
	if changed["quota"] != -1.0 {
		t.Errorf("changed %v", changed)
	}
	bob.do("POST", "/documents", map[string]any{"text": "more"}).want(201)
	deadline := time.Now().Add(3 * soon)
	for write(v)["error"] != nil { // the document asks again every few seconds
		if time.Now().After(deadline) {
			t.Fatal("the socket is still refused after room was made")
		}
	}
	if got := admin.do("PATCH", "/admin/people/"+bob.id, map[string]any{"quota": 0}).want(200); got["quota"] != nil {
		t.Errorf("back to the installation's: %v", got)
	}
}

func TestTheAuditLogTellsWhoDidWhatAndForgets(t *testing.T) {
	clock := newClockAt()
	h := newHouse(t, func(c *Config) { c.Now = clock.Now; c.Audit = 30 * 24 * time.Hour })
	admin, bob := h.account("admin"), h.account("bob")
	bob.do("POST", "/me/password", map[string]any{"current": "correct horse bob", "new": "a new long password"}).want(204)
	bob.do("POST", "/me/password", map[string]any{"current": "wrong", "new": "a new long password"}).problem(403, "forbidden")
	bob.token("read")
	bob.do("POST", "/me/email", map[string]any{"email": "bob@example.com", "password": "a new long password"}).want(200)
	admin.do("PATCH", "/admin/people/"+bob.id, map[string]any{"quota": 5}).want(200)
	actions := func(path string) (list []string) {
		for _, e := range items(admin.do("GET", path, nil).want(200)) {
			actor := "-"
			if a, ok := e["actor"].(map[string]any); ok {
				actor = a["name"].(string)
			}
			list = append(list, actor+" "+e["action"].(string))
			if e["address"] != "127.0.0.1" || e["at"] == "" {
				t.Errorf("entry %v", e)
			}
		}
		return list
	}
	want := []string{"admin user.change", "bob user.email", "bob token.create", "bob user.password", "bob signin.create", "bob user.create"}
	if got := actions("/admin/audit?person=" + bob.id); !slices.Equal(got, want) {
		t.Errorf("about bob: %v, want %v", got, want)
	}
	if got := actions("/admin/audit?action=signin."); !slices.Equal(got, []string{"bob signin.create", "admin signin.create"}) {
		t.Errorf("sign-ins: %v", got)
	}
	page := admin.do("GET", "/admin/audit?limit=2", nil).want(200)
	next := admin.do("GET", fmt.Sprintf("/admin/audit?limit=2&before=%.0f", page["next_before"]), nil).want(200)
	if got := items(next); len(got) != 2 || got[0]["action"] != "token.create" {
		t.Errorf("the second page %v", got)
	}
	clock.move(29 * 24 * time.Hour)
	if err := h.srv.tidy(context.Background()); err != nil {
		t.Fatal(err)
	}
	kept, err := h.store.Audit(context.Background(), storage.AuditQuery{Limit: 100})
	if err != nil || len(kept) < 8 {
		t.Errorf("after 29 days %d entries, %v", len(kept), err)
	}
	clock.move(2 * 24 * time.Hour)
	if err := h.srv.tidy(context.Background()); err != nil {
		t.Fatal(err)
	}
	if kept, err := h.store.Audit(context.Background(), storage.AuditQuery{Limit: 100}); err != nil || len(kept) != 0 {
		t.Errorf("after 31 days %d entries, %v", len(kept), err)
	}
}

// The log says titles and names as they are now, and goes without where something is gone.
func TestTheAuditLogNamesDocumentsAndGroups(t *testing.T) {
	h := newHouse(t, nil)
	admin, bob := h.account("admin"), h.account("bob")
	kept, gone := bob.document("text"), bob.document("text")
	group := bob.group("Roofers")
	for _, doc := range []string{kept, gone} {
		bob.do("PUT", "/documents/"+doc+"/groups/"+group, map[string]any{"role": "viewer"}).want(200)
	}
	bob.do("PATCH", "/documents/"+kept, map[string]any{"title": "Roof"}).want(200)
	bob.do("DELETE", "/documents/"+gone+"?permanently=true", nil).want(204)
	granted := func() []map[string]any {
		return items(admin.do("GET", "/admin/audit?action=group.grant", nil).want(200))
	}
	for _, e := range granted() {
		want := map[any]any{kept: "Roof", gone: nil}[e["document"]]
		if e["title"] != want || e["group"] != "Roofers" {
			t.Errorf("entry %v, want the title %v and the group's name", e, want)
		}
	}
	bob.do("DELETE", "/groups/"+group, nil).want(204)
	for _, e := range granted() {
		if e["group"] != nil {
			t.Errorf("entry %v names a group that is gone", e)
		}
	}
}

func TestAdministratorsSeeTheDiskTheMailAndTheVersion(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	h := newHouse(t, func(c *Config) { withMail(t, s)(c); c.DataFolder, c.Build = t.TempDir(), "1.2.3" })
	admin := h.account("admin")
	disk, ok := admin.do("GET", "/admin/storage", nil).want(200)["disk"].(map[string]any)
	if !ok || disk["total"].(float64) <= 0 || disk["free"].(float64) < 0 || disk["free"].(float64) > disk["total"].(float64) {
		t.Errorf("the disk is %v", disk)
	}
	got := admin.do("GET", "/admin/settings", nil).want(200)
	if fmt.Sprint(got["mail"], got["version"]) != "map[from:Quire <quire@example.org> on:true]1.2.3" {
		t.Errorf("settings %v", got)
	}
	got = newHouse(t, nil).account("admin").do("GET", "/admin/settings", nil).want(200)
	if fmt.Sprint(got["mail"]) != "map[from: on:false]" {
		t.Errorf("without mail: %v", got["mail"])
	}
}
