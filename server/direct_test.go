package server

import (
	"fmt"
	"testing"
)

// asRole is the body that gives a role.
func asRole(role string) map[string]any { return map[string]any{"role": role} }

// P10: a role given by name counts at once, is told to all who have the document open, and is taken back like any other.
func TestP10ARoleIsGivenByName(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob, cat := h.account("ada"), h.account("bob"), h.account("cat")
	doc := ada.document("text")
	member := "/documents/" + doc + "/members/" + bob.id
	watching := ada.subscribed(t, doc)
	ada.do("PUT", member, asRole("owner")).problem(422, "invalid") // nobody owns something unasked
	given := ada.do("PUT", member, asRole("editor")).want(200)
	if user := given["user"].(map[string]any); given["role"] != "editor" || given["via"] != "direct" || user["name"] != "bob" {
		t.Errorf("given %v", given)
	}
	watching.until("who has access", func(f map[string]any) bool { return f["a"] == "members" })
	if list := items(bob.do("GET", "/documents?scope=shared", nil).want(200)); len(list) != 1 || list[0]["role"] != "editor" {
		t.Errorf("bob's list is %v", list)
	}
	entry := items(ada.do("GET", "/documents/"+doc+"/audit?action=grant.set", nil).want(200))[0]
	if detail := entry["detail"].(map[string]any); entry["subject"] != bob.id || detail["role"] != "editor" || detail["via"] != "direct" {
		t.Errorf("the audit log has %v", entry)
	}
	l := bob.subscribed(t, doc)
	ada.do("PUT", member, asRole("viewer")).want(200)
	l.until("the lower role", is("role", "viewer"))
	ada.do("DELETE", member, nil).want(204)
	if code := l.closed(); code != 4501 {
		t.Errorf("closed with %d, want 4501", code)
	}
	bob.do("GET", "/documents/"+doc, nil).problem(404, "not-found")
	cat.do("POST", "/documents/"+doc+"/requests", asRole("editor")).want(202)
	if asked := ada.do("PUT", "/documents/"+doc+"/members/"+cat.id, asRole("viewer")).want(200); asked["via"] != "request" {
		t.Errorf("who asked is %v", asked)
	}
	if left := items(ada.do("GET", "/documents/"+doc+"/requests", nil).want(200)); len(left) != 0 {
		t.Errorf("granted, and still asking: %v", left)
	}
}

// Who was chosen by name showed their e-mail to no owner: not in the answer, not in the list, not after a change of role. Nor did
// who came by a link.
func TestW9WhoWasChosenByNameKeepsTheirEMail(t *testing.T) {
	h := newHouse(t, nil)
	h.account("admin")
	ada, bob, cat := h.account("ada"), h.account("bob"), h.account("cat")
	doc := ada.document("text")
	path := "/documents/" + doc + "/members"
	_, link := ada.link(doc, "editor")
	cat.do("POST", "/links/claim", map[string]any{"token": link}).want(200)
	shown := ada.do("PUT", path+"/"+bob.id, asRole("viewer")).want(200)["user"].(map[string]any)["email"]
	changed := ada.do("PUT", path+"/"+bob.id, asRole("owner")).want(200)["user"].(map[string]any)["email"]
	bob.do("POST", "/links/claim", map[string]any{"token": link}).want(200)
	if shown != nil || changed != nil {
		t.Errorf("answered with %v, then %v", shown, changed)
	}
	for _, c := range []struct {
		who  *caller
		want map[string]any
	}{
		{ada, map[string]any{"ada": "ada@example.org", "bob": nil, "cat": nil}},
		{bob, map[string]any{"ada": nil, "bob": "bob@example.org", "cat": nil}},
		{cat, map[string]any{"ada": nil, "bob": nil, "cat": "cat@example.org"}},
	} {
		for _, m := range items(c.who.do("GET", path, nil).want(200)) {
			user := m["user"].(map[string]any)
			if name := user["name"].(string); user["email"] != c.want[name] {
				t.Errorf("%s's e-mail is shown as %v, want %v", name, user["email"], c.want[name])
			}
		}
	}
}

// Only people who are known to an owner are given a role; of all others the answer is the one for nobody.
func TestW9ARoleByNameTellsNothingOfOthers(t *testing.T) {
	h := newHouse(t, withTokens)
	admin, ada, bob, cat, eve := h.account("admin"), h.account("ada"), h.account("bob"), h.account("cat"), h.account("eve")
	doc := ada.document("text")
	path := "/documents/" + doc + "/members/"
	guest := h.nobody()
	_, link := ada.link(ada.document("elsewhere"), "viewer")
	guest.id = guest.do("POST", "/links/claim", map[string]any{"token": link}).want(200)["user"].(map[string]any)["id"].(string)
	app := h.holder("app", map[string]string{"own": "owner"})
	app.do("POST", "/documents", map[string]any{"id": "own"}).want(201)
	ada.group("Roofers", cat)
	admin.do("PATCH", "/admin/people/"+eve.id, map[string]any{"suspended": true}).want(200)
	nobody := ada.do("PUT", path+"nobody", asRole("viewer"))
	nobody.problem(404, "not-found")
	refused := func(what string, c *caller, path, id string) {
		t.Helper()
		if got := c.do("PUT", path+id, asRole("viewer")); got.status != 404 || string(got.body) != string(nobody.body) {
			t.Errorf("%s: %d %s, want %s", what, got.status, got.body, nobody.body)
		}
	}
	refused("a guest of elsewhere", ada, path, guest.id)
	refused("an application's person", ada, path, app.id)
	refused("somebody suspended", ada, path, eve.id)
	refused("an account, to an application", app, "/documents/own/members/", bob.id)
	admin.do("PATCH", "/admin/settings", map[string]any{"people_list": false}).want(200)
	refused("somebody of the list that is off", ada, path, bob.id)
	ada.do("PUT", path+cat.id, asRole("viewer")).want(200) // of one group
	admin.do("DELETE", "/admin/people/"+bob.id+"?shared=delete", nil).want(200)
	admin.do("PATCH", "/admin/settings", map[string]any{"people_list": true}).want(200)
	refused("somebody who is gone", ada, path, bob.id)
	h.grant(doc, guest.id, "viewer")
	ada.do("PUT", path+guest.id, asRole("editor")).want(200) // as change-member
	ada.do("PUT", path+guest.id, asRole("owner")).problem(422, "invalid")
	ada.do("PUT", path+ada.id, asRole("viewer")).problem(409, "conflict") // the last owner
}

// P8: how many one lets in who did not ask is bounded as invitations are.
func TestP8RolesByNameAreBounded(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Auth.Limits.PersonBurst = 2 })
	ada := h.account("ada")
	doc := ada.document("text")
	for i, want := range []int{200, 404, 429} {
		id := "nobody"
		if i == 0 {
			id = h.account("bob").id
		}
		if got := ada.do("PUT", fmt.Sprintf("/documents/%s/members/%s", doc, id), asRole("viewer")); got.status != want {
			t.Errorf("number %d: %d, want %d", i, got.status, want)
		}
	}
}
