package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"quire/storage"
)

// scoped is somebody who asks with an API token of c's for some scopes and, if there are any, only some documents.
func (c *caller) scoped(scopes string, docs ...string) *caller {
	c.h.t.Helper()
	body := map[string]any{"name": "script", "scopes": strings.Fields(scopes), "expires_in_days": 30}
	if len(docs) > 0 {
		body["documents"] = docs
	}
	made := c.do("POST", "/me/tokens", body).want(201)
	by := c.h.bearer(made["token"].(string))
	by.id = made["id"].(string)
	return by
}

// scopeOf is the scope that an owner's token needs for each operation on a document, written by hand.
const scopeOf = `
get-document read  get-content read  list-ops read  list-members read  list-document-groups read  get-document-group read  get-reach read
rename-document write  put-content write  submit-op write
change-member share  set-member share  remove-member share  list-links share  make-link share  change-link share  withdraw-link share
restore-link share  list-invitations share  list-document-candidates share  make-invitation share  resend-invitation share
withdraw-invitation share  set-document-group share  remove-document-group share  set-reach share  transfer-document share
get-transfer share  withdraw-transfer share  list-requests share  request-access share  grant-request share  decline-request share
get-document-audit share
delete-document delete  restore-document delete
`

// P10: a token does what its scopes say, of what its person may, and nothing else: over REST, operation by operation.
func TestP10EveryScopeOverREST(t *testing.T) {
	m := newMatrix(t)
	needs := map[string]string{}
	fields := strings.Fields(scopeOf)
	for i := 0; i < len(fields); i += 2 {
		needs[fields[i]] = fields[i+1]
	}
	described := operations(t)
	for id := range described {
		if needs[id] == "" {
			t.Errorf("the API has %s, of which the table of scopes says nothing", id)
		}
	}
	cells := 0
	for _, scopes := range []string{"read", "comment", "write", "share", "delete", "write share", "comment write share delete"} {
		by := m.ada.scoped(scopes)
		for _, id := range sorted(words(restTable)) {
			if needs[id] == "" {
				continue // a variant
			}
			s := m.specimen(person{name: "ada", way: "admin", role: "none"}, "live", "")
			s.caller = by
			op, how := described[id], tries(s)[id]
			path := strings.NewReplacer("{id}", s.doc, "{user}", m.other.id, "{link}", s.link, "{invitation}", s.invitation,
				"{group}", m.bystanders).Replace(op.path)
			got := by.do(op.method, path+how.query, how.body, how.header...)
			cells++
			may := needs[id] == "read" || slices.Contains(strings.Fields(scopes), needs[id])
			if (got.status == 403) == may {
				t.Errorf("a token for %q: %s = %d %s, but it needs %s", scopes, id, got.status, got.body, needs[id])
			}
		}
	}
	t.Logf("%d cells", cells)
}

// Beside documents: a token makes documents with write, and joins, invites and answers with share.
func TestAScopeReachesBeyondDocuments(t *testing.T) {
	h := newHouse(t, nil)
	h.account("admin")
	ada := h.account("ada")
	doc := ada.document("text")
	_, link := ada.link(doc, "viewer")
	for _, c := range []struct {
		method, path, needs string
		body                any
	}{
		{"GET", "/me", "read", nil}, {"GET", "/documents", "read", nil}, {"GET", "/groups", "read", nil},
		{"POST", "/documents", "write", map[string]any{"title": "new"}},
		{"POST", "/groups", "share", map[string]any{"name": "Roofers"}}, {"POST", "/me/transfers/x/accept", "share", nil},
		{"POST", "/links/claim", "share", map[string]any{"token": link}}, {"POST", "/invitations/claim", "share", map[string]any{"token": "x"}},
	} {
		for _, scope := range []string{"comment", "write", "share", "delete"} {
			got := ada.scoped(scope).do(c.method, c.path, c.body)
			if may := c.needs == "read" || c.needs == scope; (got.status == 403) == may {
				t.Errorf("a token for %s: %s %s = %d %s", scope, c.method, c.path, got.status, got.body)
			}
		}
	}
	for _, wrong := range []map[string]any{
		{"scopes": []string{"suggest"}}, {"scopes": []string{"admin"}}, {"scopes": []string{}}, {"scope": "write", "scopes": []string{"read"}},
		{"scopes": []string{"read"}, "documents": []string{"nothing-there"}}, {"scope": "suggest"}, {},
	} {
		wrong["name"], wrong["expires_in_days"] = "x", 1
		ada.do("POST", "/me/tokens", wrong).problem(422, "invalid")
	}
	old := ada.token("write") // as programs made them before
	listed := items(ada.do("GET", "/me/tokens", nil).want(200))
	if i := slices.IndexFunc(listed, func(l map[string]any) bool { return l["id"] == old.id }); i < 0 || listed[i]["scope"] != "write" ||
		fmt.Sprint(listed[i]["scopes"]) != "[read comment suggest write share delete]" {
		t.Errorf("the token for everything is listed as %v", listed[i])
	}
	old.do("POST", "/documents/"+doc+"/links", asRole("viewer")).want(201)
	old.do("DELETE", "/documents/"+doc, nil).want(204)
}

// P10: a token for some documents reaches no other, by no way, and is told of no other.
func TestP10ATokenForSomeDocumentsReachesNoOther(t *testing.T) {
	h := newHouse(t, nil)
	h.account("admin")
	ada := h.account("ada")
	var docs []string
	for range 5 {
		docs = append(docs, ada.document("text"))
	}
	by := ada.scoped("write share delete", docs[1], docs[3], docs[1])
	listed := items(by.do("GET", "/documents?limit=1", nil).want(200))
	all := items(by.do("GET", "/documents", nil).want(200))
	if len(listed) != 1 || len(all) != 2 || !slices.Contains(docs[1:4], all[0]["id"].(string)) || all[0]["id"] == docs[2] {
		t.Errorf("it lists %v, then %v", listed, all)
	}
	nothing := by.do("GET", "/documents/nothing-there", nil)
	for i, doc := range docs {
		got := by.do("GET", "/documents/"+doc, nil)
		if mine := i == 1 || i == 3; mine != (got.status == 200) || !mine && string(got.body) != string(nothing.body) {
			t.Errorf("document %d: %d %s", i, got.status, got.body)
		}
	}
	by.do("POST", "/documents/"+docs[0]+"/ops", `{"base_revision":1,"op":[{"insert":"x"}]}`).problem(404, "not-found")
	for _, path := range []string{"/groups", "/me/invitations", "/me/transfers"} {
		by.do("GET", path, nil).problem(403, "forbidden")
	}
	by.do("POST", "/documents", map[string]any{"title": "new"}).problem(403, "forbidden")
	by.do("POST", "/documents/"+docs[0]+"/requests", asRole("viewer")).problem(403, "forbidden")
	l := by.hello(t)
	l.send(fmt.Sprintf(`{"a":"s","c":"documents","d":%q}`, docs[0]))
	refused := l.until("the refusal", func(f map[string]any) bool { return f["error"] != nil })
	if e := refused["error"].(map[string]any); e["code"] != "ERR_FORBIDDEN" {
		t.Errorf("on the socket it is answered %v", refused)
	}
	by.subscribed(t, docs[1])
}

// P10: on the socket a token without write shows itself nowhere and writes nothing, one without delete deletes nothing.
func TestP10ScopesOnTheSocket(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	for scopes, may := range map[string]string{"read": "", "share": "", "comment": "presence", "write": "presence op", "delete": "del", "write delete": "presence op del"} {
		doc := ada.document("text")
		l := ada.scoped(scopes).subscribed(t, doc)
		for i, action := range []string{"presence", "op", "del"} {
			version := 1
			if action == "del" && strings.Contains(may, "op") {
				version = 2
			}
			frame := frames()[action]
			l.send(strings.NewReplacer("DOC", doc, "VERSION", fmt.Sprint(version), "NUMBER", fmt.Sprint(i+1)).Replace(frame[0]))
			answer := l.until("the answer to "+action, func(f map[string]any) bool { return f["a"] == frame[1] })
			if got, want := answer["error"] == nil, slices.Contains(strings.Fields(may), action); got != want {
				t.Errorf("a token for %q: %s is answered %v", scopes, action, answer)
			}
		}
	}
}

// What a token made is listed under it, and is withdrawn with it; what others or its person made stays.
func TestWhatATokenMadeIsWithdrawnWithIt(t *testing.T) {
	h := newHouse(t, nil)
	h.account("admin")
	ada, bob := h.account("ada"), h.account("bob")
	doc, lost := ada.document("text"), ada.document("lost")
	by, other := ada.scoped("share"), ada.scoped("share")
	link, secret := by.link(doc, "editor")
	by.link(lost, "viewer")
	invitation, _ := by.invitation(doc, "x@example.org", "viewer")
	others, _ := other.link(doc, "viewer")
	own, _ := ada.link(doc, "viewer")
	h.grant(lost, bob.id, "owner")
	bob.do("DELETE", "/documents/"+lost+"/members/"+ada.id, nil).want(204)
	made := items(ada.do("GET", "/me/tokens/"+by.id+"/made", nil).want(200))
	if len(made) != 2 || made[0]["id"] != link || made[0]["role"] != "editor" || made[1]["id"] != invitation || made[1]["email"] != "x@example.org" ||
		made[0]["document"].(map[string]any)["title"] != "Plan" {
		t.Errorf("made with it: %v", made)
	}
	bob.do("GET", "/me/tokens/"+by.id+"/made", nil).problem(404, "not-found")
	by.do("GET", "/me/tokens/"+by.id+"/made", nil).problem(403, "forbidden")
	bob.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	ada.do("DELETE", "/me/tokens/"+by.id+"?made=withdraw", nil).want(204)
	by.do("GET", "/me", nil).problem(401, "signed-out")
	h.nobody().do("POST", "/links/preview", map[string]any{"token": secret}).problem(404, "not-found")
	var left []string
	for _, l := range items(ada.do("GET", "/documents/"+doc+"/links", nil).want(200)) {
		left = append(left, l["id"].(string))
	}
	slices.Sort(left)
	want := []string{others, own}
	slices.Sort(want)
	if waiting := items(ada.do("GET", "/documents/"+doc+"/invitations", nil).want(200)); !slices.Equal(left, want) || len(waiting) != 0 {
		t.Errorf("links %v and invitations %v are left, want %v", left, waiting, want)
	}
	bob.do("GET", "/documents/"+doc, nil).want(200) // who came by it keeps their role, as with any link
	if links, _, err := h.store.MadeWith(t.Context(), by.id); err != nil || len(links) != 1 || links[0].Document != storage.DocumentID(lost) {
		t.Errorf("of documents that are no longer hers: %v, %v", links, err)
	}
	ada.do("DELETE", "/me/tokens/"+other.id, nil).want(204)
	if links := items(ada.do("GET", "/documents/"+doc+"/links", nil).want(200)); len(links) != 2 {
		t.Errorf("an ended token took %v", links)
	}
}
