package server

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"quire/storage"
)

var ranks = []string{"none", "viewer", "commenter", "editor", "owner"}

// To somebody without a role nothing in an answer, body or header, tells whether a document exists: over every route that
// the API describes about a document.
func TestW9NoOracle(t *testing.T) {
	m := newMatrix(t)
	live := m.specimen(person{name: "owner", way: "nobody", role: "none"}, "live", "")
	trashed, deleted := m.ada.document("b"), m.ada.document("c")
	m.ada.do("DELETE", "/documents/"+trashed, nil).want(204)
	m.ada.do("DELETE", "/documents/"+deleted+"?permanently=true", nil).want(204)
	ids := []string{"never-was-there-000000", live.doc, trashed, deleted, "not%20an%20id", "x"}
	routes, answers := operations(t), 0
	for _, who := range []person{
		{name: "account without a role", way: "account", role: "none"}, {name: "guest without a role", way: "guest", role: "none"},
	} {
		c := m.caller(who)
		for _, name := range sorted(words(restTable)) {
			id, _, _ := strings.Cut(name, "/")
			how := tries(live)[name]
			var first response
			for i, doc := range ids {
				path := strings.NewReplacer("{id}", doc, "{user}", m.asker.id, "{link}", live.link, "{invitation}", live.invitation,
					"{group}", m.bystanders).Replace(routes[id].path)
				got := c.do(routes[id].method, path+how.query, how.body, how.header...)
				for _, volatile := range []string{"Date", "X-Request-Id"} {
					got.header.Del(volatile)
				}
				if i == 0 {
					first = got
				}
				answers++
				if got.status != first.status || string(got.body) != string(first.body) || !maps.EqualFunc(got.header, first.header, slices.Equal) {
					t.Errorf("%s, %s of %s: %d %v %s\nunlike the unknown one's %d %v %s", who.name, name, doc, got.status, got.header, got.body,
						first.status, first.header, first.body)
				}
			}
			if first.status < 400 && id != "request-access" {
				t.Errorf("%s, %s of an unknown document: %d", who.name, name, first.status)
			}
		}
	}
	t.Logf("%d answers compared", answers)
}

func TestAnybodyMayLeaveButTheLastOwner(t *testing.T) {
	h := newHouse(t, nil)
	owner, viewer := h.account("owner"), h.account("viewer")
	id := owner.document("text")
	h.grant(id, viewer.id, "viewer")
	viewer.do("DELETE", "/documents/"+id+"/members/"+viewer.id, nil).want(204)
	viewer.do("GET", "/documents/"+id, nil).problem(404, "not-found")
	owner.do("DELETE", "/documents/"+id+"/members/"+owner.id, nil).problem(409, "conflict")
	owner.do("PATCH", "/documents/"+id+"/members/"+owner.id, map[string]any{"role": "editor"}).problem(409, "conflict")
	owner.do("PATCH", "/documents/"+id+"/members/"+viewer.id, map[string]any{"role": "editor"}).problem(404, "not-found")
}

func TestMembersShowEmailsToThemselvesAndAdministrators(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.account("admin")
	owner, viewer := h.account("owner"), h.account("viewer")
	id := owner.document("text")
	h.grant(id, viewer.id, "viewer")
	emails := func(c *caller) (shown []string) {
		for _, m := range c.do("GET", "/documents/"+id+"/members", nil).want(200)["items"].([]any) {
			if email, ok := m.(map[string]any)["user"].(map[string]any)["email"]; ok {
				shown = append(shown, email.(string))
			}
		}
		return shown
	}
	h.grant(id, admin.id, "viewer")
	if got := emails(admin); len(got) != 3 {
		t.Errorf("an administrator sees %v, want all", got)
	}
	if got := emails(owner); !slices.Equal(got, []string{"owner@example.org"}) {
		t.Errorf("the owner sees %v, want their own", got)
	}
	if got := emails(viewer); !slices.Equal(got, []string{"viewer@example.org"}) {
		t.Errorf("a viewer sees %v, want their own", got)
	}
}

// L7: an id that was deleted for good is never used again.
func TestL7ADeletedDocumentIsATombstone(t *testing.T) {
	h := newHouse(t, withTokens)
	app := h.bearer(token(t, "u1", map[string]string{"own-*": "owner"}, time.Minute))
	app.do("POST", "/documents", map[string]any{"id": "own-1", "text": "first"}).want(201)
	app.do("DELETE", "/documents/own-1?permanently=true", nil).want(204)
	app.do("GET", "/documents/own-1", nil).problem(404, "not-found")
	if fields := app.do("POST", "/documents", map[string]any{"id": "own-1"}).problem(409, "conflict"); !slices.Contains(fields, "body.id") {
		t.Errorf("the refusal names %v, want body.id", fields)
	}
	if _, err := h.store.Head(context.Background(), storage.DocumentID("own-1")); err == nil {
		t.Error("the log of a deleted document is there")
	}
}

// P10: who handed a document over, or no longer manages a group, keeps nothing by what they made before: not by a token of
// their own, not by the addresses they were shown.
func TestP10NothingOutlivesTheRightItCameFrom(t *testing.T) {
	h := newHouse(t, nil)
	h.account("admin")
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	path := "/documents/" + doc
	link, _ := ada.link(doc, "viewer")
	_, invitation := ada.invitation(doc, "second@example.org", "editor")
	program := ada.token("write")
	h.grant(doc, bob.id, "editor")
	ada.do("POST", path+"/transfer", map[string]any{"user": bob.id, "then": "none"}).want(200)
	bob.do("POST", "/me/transfers/"+doc+"/accept", nil).want(200)
	for _, c := range []*caller{ada, program} {
		c.do("GET", path, nil).problem(404, "not-found")
		c.do("PATCH", path+"/links/"+link, map[string]any{"expires_at": nil}).problem(404, "not-found")
		c.do("PUT", path+"/members/"+ada.id, asRole("owner")).problem(404, "not-found")
	}
	h.account("second").do("POST", "/invitations/claim", map[string]any{"token": invitation}).problem(404, "not-found")

	group := ada.group("Roofers", bob)
	member := "/groups/" + group + "/members/"
	ada.do("PUT", member+bob.id, map[string]any{"manager": true}).want(200)
	bob.do("PUT", member+ada.id, map[string]any{"manager": false}).want(200)
	ada.do("PUT", member+ada.id, map[string]any{"manager": true}).problem(403, "forbidden")
	ada.do("PATCH", "/groups/"+group, map[string]any{"name": "Mine"}).problem(403, "forbidden")
	ada.do("GET", "/groups/"+group+"/candidates", nil).problem(403, "forbidden")
	bob.do("DELETE", member+ada.id, nil).want(204)
	ada.do("GET", "/groups/"+group, nil).problem(404, "not-found")
}
