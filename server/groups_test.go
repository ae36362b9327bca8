package server

import (
	"fmt"
	"testing"

	"quire/collab"
	"quire/storage"
)

// group makes one with members and gives its id.
func (c *caller) group(name string, members ...*caller) string {
	c.h.t.Helper()
	id := c.do("POST", "/groups", map[string]any{"name": name}).want(201)["id"].(string)
	for _, m := range members {
		c.do("PUT", "/groups/"+id+"/members/"+m.id, map[string]any{"manager": false}).want(200)
	}
	return id
}

func TestAGroupGivesItsRoleAsLongAsOneIsIn(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	group := ada.group("Roofers", bob)
	path := "/documents/" + doc + "/groups/" + group
	ada.do("GET", path, nil).problem(404, "not-found")
	bob.do("GET", "/documents/"+doc, nil).problem(404, "not-found")
	ada.do("PUT", path, map[string]any{"role": "owner"}).problem(422, "invalid")
	set := ada.do("PUT", path, map[string]any{"role": "editor"}).want(200)
	if set["role"] != "editor" || fmt.Sprint(set["group"]) != fmt.Sprintf("map[id:%s members:2 name:Roofers]", group) {
		t.Errorf("set = %v", set)
	}
	if d := bob.do("GET", "/documents/"+doc, nil).want(200); d["role"] != "editor" {
		t.Errorf("bob's role is %v, want editor", d["role"])
	}
	if list := items(bob.do("GET", "/documents?scope=shared", nil).want(200)); len(list) != 1 || list[0]["role"] != "editor" {
		t.Errorf("bob's list is %v", list)
	}
	l := bob.subscribed(t, doc)
	ada.do("PUT", path, map[string]any{"role": "viewer"}).want(200)
	l.until("the lower role", is("role", "viewer"))
	h.grant(doc, bob.id, "commenter")
	h.hub.GrantChanged(storage.DocumentID(doc), storage.UserID(bob.id), collab.Identity{})
	l.until("the grant's role", is("role", "commenter"))
	if d := bob.do("GET", "/documents/"+doc, nil).want(200); d["role"] != "commenter" {
		t.Errorf("bob's role is %v, want the higher of the two", d["role"])
	}
	// Leaving the document while the group lets one in would be no leaving.
	bob.do("DELETE", "/documents/"+doc+"/members/"+bob.id, nil).problem(409, "conflict")
	ada.do("DELETE", "/documents/"+doc+"/members/"+bob.id, nil).want(204)
	l.until("the group's role", is("role", "viewer"))
	bob.do("DELETE", "/groups/"+group+"/members/"+bob.id, nil).want(204)
	l.until("the end of access", is("role", "none"))
	if code := l.closed(); code != 4501 {
		t.Errorf("close %d, want 4501", code)
	}
	bob.do("GET", "/documents/"+doc, nil).problem(404, "not-found")
	ada.do("DELETE", path, nil).want(204)
	if left := items(ada.do("GET", "/documents/"+doc+"/groups", nil).want(200)); len(left) != 0 {
		t.Errorf("groups left: %v", left)
	}
}

func TestADeletedGroupEndsOpenSessions(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	group := ada.group("Roofers", bob)
	ada.do("PUT", "/documents/"+doc+"/groups/"+group, map[string]any{"role": "editor"}).want(200)
	l := bob.subscribed(t, doc)
	ada.do("DELETE", "/groups/"+group, nil).want(204)
	l.until("the end of access", is("role", "none"))
	bob.do("GET", "/documents/"+doc, nil).problem(404, "not-found")
}

// A group is its members' and the administrators'; to others it is not there (W9).
func TestW9GroupsAreSeenByTheirMembers(t *testing.T) {
	h := newHouse(t, nil)
	admin, ada, bob, eve := h.account("admin"), h.account("ada"), h.account("bob"), h.account("eve")
	group := ada.group("Roofers", bob)
	doc := eve.document("text")
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"GET", "/groups/%s", nil}, {"PATCH", "/groups/%s", map[string]any{"name": "x"}}, {"DELETE", "/groups/%s", nil},
		{"GET", "/groups/%s/members", nil}, {"POST", "/groups/%s/members", map[string]any{"email": "eve@example.org"}},
		{"PUT", "/groups/%s/members/" + eve.id, map[string]any{"manager": true}}, {"DELETE", "/groups/%s/members/" + eve.id, nil},
		{"PUT", "/documents/" + doc + "/groups/%s", map[string]any{"role": "viewer"}},
	} {
		exists := eve.do(c.method, fmt.Sprintf(c.path, group), c.body)
		missing := eve.do(c.method, fmt.Sprintf(c.path, "nobody-made-this"), c.body)
		if exists.status != 404 || missing.status != 404 || string(exists.body) != string(missing.body) {
			t.Errorf("%s %s: %d %s, and %d %s", c.method, c.path, exists.status, exists.body, missing.status, missing.body)
		}
	}
	bob.do("PATCH", "/groups/"+group, map[string]any{"name": "Mine"}).problem(403, "forbidden")
	bob.do("PUT", "/groups/"+group+"/members/"+bob.id, map[string]any{"manager": true}).problem(403, "forbidden")
	bob.do("DELETE", "/groups/"+group+"/members/"+ada.id, nil).problem(403, "forbidden")
	for _, m := range items(bob.do("GET", "/groups/"+group+"/members", nil).want(200)) {
		if user := m["user"].(map[string]any); (user["email"] != nil) != (user["id"] == bob.id) {
			t.Errorf("a member sees %v, want no e-mail but their own", m)
		}
	}
	if renamed := admin.do("PATCH", "/groups/"+group, map[string]any{"name": " Roof  people "}).want(200); renamed["name"] != "Roof people" {
		t.Errorf("renamed = %v", renamed)
	}
	ada.do("POST", "/groups", map[string]any{"name": "ROOF people"}).problem(409, "conflict")
	if mine := items(ada.do("GET", "/groups", nil).want(200)); len(mine) != 1 || mine[0]["manager"] != true || mine[0]["members"] != 2.0 {
		t.Errorf("my groups = %v", mine)
	}
	if none := items(eve.do("GET", "/groups", nil).want(200)); len(none) != 0 {
		t.Errorf("a stranger's groups = %v", none)
	}
	eve.do("GET", "/groups?all=true", nil).problem(403, "forbidden")
	if all := items(admin.do("GET", "/groups?all=true", nil).want(200)); len(all) != 1 {
		t.Errorf("all groups = %v", all)
	}
}

// Who is put into a group by e-mail has shown that it is theirs; the answer tells nothing (W9).
func TestW9AGroupTakesPeopleByAVerifiedAddress(t *testing.T) {
	h := newHouse(t, nil)
	h.account("admin") // sees every group
	ada, bob, cat := h.account("ada"), h.account("bob"), h.account("cat")
	h.verified(bob)
	group := ada.group("Roofers")
	var answers []string
	for _, email := range []string{"BOB@example.org", "cat@example.org", "nobody@example.org", "bob@example.org"} {
		res := ada.do("POST", "/groups/"+group+"/members", map[string]any{"email": email})
		answers = append(answers, fmt.Sprint(res.status, string(res.body)))
	}
	for _, answer := range answers {
		if answer != answers[0] || answer != "202" {
			t.Errorf("answers %q, want the same 202", answers)
		}
	}
	in := map[any]bool{}
	for _, m := range items(ada.do("GET", "/groups/"+group+"/members", nil).want(200)) {
		in[m["user"].(map[string]any)["id"]] = true
	}
	if len(in) != 2 || !in[bob.id] {
		t.Errorf("in the group: %v", in)
	}
	ada.do("PUT", "/groups/"+group+"/members/"+cat.id, map[string]any{"manager": true}).want(200)
	ada.do("DELETE", "/groups/"+group+"/members/"+ada.id, nil).want(204)
	cat.do("DELETE", "/groups/"+group+"/members/"+cat.id, nil).problem(409, "conflict") // its last manager
	cat.do("PUT", "/groups/"+group+"/members/"+cat.id, map[string]any{"manager": false}).problem(409, "conflict")
	ada.do("GET", "/groups/"+group, nil).problem(404, "not-found")
}

func TestGuestsAndTokensAreInNoGroup(t *testing.T) {
	h := newHouse(t, withTokens)
	ada := h.account("ada")
	doc := ada.document("text")
	_, secret := ada.link(doc, "viewer")
	guest := h.nobody()
	guestID := guest.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)["user"].(map[string]any)["id"].(string)
	group := ada.group("Roofers")
	ada.do("PUT", "/groups/"+group+"/members/"+guestID, map[string]any{"manager": false}).problem(422, "invalid")
	ada.do("PUT", "/groups/"+group+"/members/nobody-there", map[string]any{"manager": false}).problem(404, "not-found")
	guest.do("POST", "/groups", map[string]any{"name": "Guests"}).problem(403, "forbidden")
	app := h.bearer(token(t, "u1", map[string]string{doc: "owner"}, soon))
	app.do("POST", "/groups", map[string]any{"name": "Apps"}).problem(403, "forbidden")
	app.do("PUT", "/documents/"+doc+"/groups/"+group, map[string]any{"role": "viewer"}).problem(404, "not-found")
	appID := app.do("GET", "/me", nil).want(200)["id"].(string)
	ada.do("PUT", "/groups/"+group+"/members/"+appID, map[string]any{"manager": false}).problem(422, "invalid")
}
