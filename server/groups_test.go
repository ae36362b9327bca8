package server

import (
	"fmt"
	"strings"
	"testing"

	"quire/storage"
)

// group makes one with members and returns its id.
func (c *caller) group(name string, members ...*caller) string {
	c.h.t.Helper()
	id := c.do("POST", "/groups", map[string]any{"name": name}).want(201)["id"].(string)
	for _, m := range members {
		if put := c.do("PUT", "/groups/"+id+"/members/"+m.id, map[string]any{"manager": false}).want(200); put["offered"] == true {
			m.do("POST", "/me/group-offers/"+id+"/accept", nil).want(200)
		}
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
	h.hub.Apply(storage.Event{Kind: storage.EventGrant, Document: storage.DocumentID(doc), Users: []storage.UserID{storage.UserID(bob.id)}})
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
// A place is offered to whoever the e-mail is known to belong to; the answer never tells whether there is somebody. It
// gives nothing until it is taken.
func TestW9AGroupOffersAPlaceByAKnownAddress(t *testing.T) {
	h := newHouse(t, nil)
	h.account("admin") // sees every group
	ada, bob, cat, eve := h.account("ada"), h.account("bob"), h.account("cat"), h.account("eve")
	h.verified(bob)
	group := ada.group("Roofers")
	doc := ada.document("text")
	ada.do("PUT", "/documents/"+doc+"/groups/"+group, map[string]any{"role": "viewer"}).want(200)
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
	list := items(ada.do("GET", "/groups/"+group+"/members", nil).want(200))
	if len(list) != 2 || list[1]["offered"] != true || list[1]["user"].(map[string]any)["id"] != bob.id || list[1]["user"].(map[string]any)["email"] != nil {
		t.Errorf("in the group: %v, want a place offered to bob, without his e-mail", list)
	}
	bob.do("GET", "/documents/"+doc, nil).problem(404, "not-found")
	bob.do("GET", "/groups/"+group, nil).problem(404, "not-found")
	eve.do("POST", "/me/group-offers/"+group+"/accept", nil).problem(404, "not-found")
	if mine := items(bob.do("GET", "/me/group-offers", nil).want(200)); len(mine) != 1 || mine[0]["inviter"].(map[string]any)["name"] != "ada" {
		t.Errorf("what waits for bob: %v", mine)
	}
	if taken := bob.do("POST", "/me/group-offers/"+group+"/accept", nil).want(200); taken["members"] != 2.0 {
		t.Errorf("taken = %v", taken)
	}
	bob.do("POST", "/me/group-offers/"+group+"/accept", nil).problem(404, "not-found")
	bob.do("GET", "/documents/"+doc, nil).want(200)

	offered := ada.do("PUT", "/groups/"+group+"/members/"+cat.id, map[string]any{"manager": true}).want(200)
	if offered["offered"] != true {
		t.Errorf("a manager put somebody in without asking them: %v", offered)
	}
	ada.do("DELETE", "/groups/"+group+"/members/"+ada.id, nil).problem(409, "conflict") // an offered manager is none yet
	cat.do("POST", "/me/group-offers/"+group+"/accept", nil).want(200)
	ada.do("DELETE", "/groups/"+group+"/members/"+ada.id, nil).want(204)
	cat.do("DELETE", "/groups/"+group+"/members/"+cat.id, nil).problem(409, "conflict") // its last manager
	cat.do("PUT", "/groups/"+group+"/members/"+cat.id, map[string]any{"manager": false}).problem(409, "conflict")
	ada.do("GET", "/groups/"+group, nil).problem(404, "not-found")

	for _, decline := range []struct {
		c    *caller
		path string
	}{{eve, "/me/group-offers/" + group}, {cat, "/groups/" + group + "/members/" + eve.id}} {
		cat.do("PUT", "/groups/"+group+"/members/"+eve.id, map[string]any{"manager": false}).want(200)
		decline.c.do("DELETE", decline.path, nil).want(204)
		if mine := items(eve.do("GET", "/me/group-offers", nil).want(200)); len(mine) != 0 {
			t.Errorf("after %s: %v", decline.path, mine)
		}
	}
}

// Owners and managers choose people by name; no e-mail is in the list, nor found by one, and it can be turned off.
func TestPeopleAreChosenByNameNeverByEMail(t *testing.T) {
	h := newHouse(t, nil)
	admin, ada, bob := h.account("admin"), h.account("Ada"), h.account("Bob.Builder")
	doc, group := ada.document("text"), ada.group("Roofers")
	_, secret := ada.link(doc, "editor")
	guest := h.nobody()
	guest.do("POST", "/links/claim", map[string]any{"token": secret, "name": "Bobby the guest"}).want(200)
	for _, path := range []string{"/documents/" + doc + "/candidates", "/groups/" + group + "/candidates"} {
		found := ada.do("GET", path+"?q=BOB", nil)
		if list := items(found.want(200)); len(list) != 1 || list[0]["id"] != bob.id || list[0]["known"] != false {
			t.Errorf("%s: found %v, want bob alone", path, list)
		}
		if strings.Contains(string(found.body), "@") || strings.Contains(string(found.body), "email") {
			t.Errorf("%s tells an e-mail: %s", path, found.body)
		}
		if list := items(ada.do("GET", path+"?q=example.org", nil).want(200)); len(list) != 0 {
			t.Errorf("%s: found by e-mail: %v", path, list)
		}
		bob.do("GET", path, nil).problem(404, "not-found")
		guest.do("GET", path, nil).want(map[bool]int{true: 403, false: 404}[strings.HasPrefix(path, "/documents")])
	}
	admin.do("PATCH", "/admin/settings", map[string]any{"people_list": false}).want(200)
	ada.do("GET", "/documents/"+doc+"/candidates", nil).problem(403, "forbidden")
	ada.do("GET", "/groups/"+group+"/candidates", nil).problem(403, "forbidden")
}

// Without mail an administrator's word is enough: an account they made, or gave a one-time address to, is known, and what
// waits for its e-mail finds it. Another e-mail is not vouched for.
func TestWithoutMailAccountsBecomeKnown(t *testing.T) {
	h := newHouse(t, nil)
	admin, ada := h.account("admin"), h.account("ada")
	doc := ada.document("text")
	ada.invitation(doc, "bob@example.org", "viewer")
	made := admin.do("POST", "/admin/people", map[string]any{"name": "Bob", "email": "bob@example.org"}).want(201)
	_, code, _ := strings.Cut(made["url"].(string), "/reset/")
	bob := h.nobody()
	for range 2 { // looking uses nothing up
		if seen := bob.do("POST", "/auth/reset-preview", map[string]any{"code": code}).want(200); seen["name"] != "Bob" || seen["welcome"] != true {
			t.Errorf("somebody who was added sees %v, want to be welcomed", seen)
		}
	}
	if me := bob.do("POST", "/auth/reset", map[string]any{"code": code, "password": "correct horse"}).want(200); me["known"] != true || me["verified"] != false {
		t.Errorf("an account that an administrator made is %v, want known", me)
	}
	if list := items(bob.do("GET", "/me/invitations", nil).want(200)); len(list) != 1 {
		t.Errorf("what waits for bob: %v", list)
	}
	group := ada.group("Roofers")
	ada.do("POST", "/groups/"+group+"/members", map[string]any{"email": "bob@example.org"}).want(202)
	if list := items(bob.do("GET", "/me/group-offers", nil).want(200)); len(list) != 1 {
		t.Errorf("places offered to bob, whom an administrator vouches for: %v", list)
	}
	if me := ada.do("GET", "/me", nil).want(200); me["known"] != false {
		t.Errorf("an account that anybody could have made is known: %v", me)
	}
	admin.do("PATCH", "/admin/people/"+ada.id, map[string]any{"known": true}).want(200)
	ada.do("POST", "/me/email", map[string]any{"email": "ADA@example.org", "password": "correct horse ada"}).want(200)
	if me := ada.do("GET", "/me", nil).want(200); me["known"] != true {
		t.Errorf("the same e-mail in another case is no longer vouched for: %v", me)
	}
	ada.do("POST", "/me/email", map[string]any{"email": "cat@example.org", "password": "correct horse ada"}).want(200)
	if me := ada.do("GET", "/me", nil).want(200); me["known"] != false {
		t.Errorf("somebody else's e-mail became vouched for: %v", me)
	}
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

// W9: by its id a manager offers a place to whom they could choose, and learns of no others.
func TestW9APlaceByNameTellsNothingOfOthers(t *testing.T) {
	h := newHouse(t, withTokens)
	admin, ada, bob, cat, eve := h.account("admin"), h.account("ada"), h.account("bob"), h.account("cat"), h.account("eve")
	ada.group("Roofers", cat)
	made := ada.do("POST", "/groups", map[string]any{"name": "Joiners"}).want(201)["id"].(string)
	path := "/groups/" + made + "/members/"
	member := map[string]any{"manager": false}
	guest := h.nobody()
	_, link := ada.link(ada.document("elsewhere"), "viewer")
	guest.id = guest.do("POST", "/links/claim", map[string]any{"token": link}).want(200)["user"].(map[string]any)["id"].(string)
	app := h.holder("app", map[string]string{"own": "owner"})
	app.do("POST", "/documents", map[string]any{"id": "own"}).want(201)
	admin.do("PATCH", "/admin/people/"+eve.id, map[string]any{"suspended": true}).want(200)
	nobody := ada.do("PUT", path+"nobody", member)
	nobody.problem(404, "not-found")
	refused := func(what, id string) {
		t.Helper()
		if got := ada.do("PUT", path+id, member); got.status != 404 || string(got.body) != string(nobody.body) {
			t.Errorf("%s: %d %s, want %s", what, got.status, got.body, nobody.body)
		}
	}
	refused("a guest", guest.id)
	refused("an application's person", app.id)
	refused("somebody suspended", eve.id)
	admin.do("PATCH", "/admin/settings", map[string]any{"people_list": false}).want(200)
	refused("somebody of the list that is off", bob.id)
	if put := ada.do("PUT", path+cat.id, member).want(200); put["offered"] != true { // of another group
		t.Errorf("cat is %v", put)
	}
	admin.do("PATCH", "/admin/people/"+cat.id, map[string]any{"suspended": true}).want(200)
	if put := ada.do("PUT", path+cat.id, map[string]any{"manager": true}).want(200); put["offered"] != true { // what was offered waits
		t.Errorf("cat is %v", put)
	}
	if put := admin.do("PUT", path+bob.id, member).want(200); put["offered"] == true {
		t.Errorf("from an administrator bob's place is %v", put)
	}
	ada.do("PUT", path+bob.id, map[string]any{"manager": true}).want(200) // who is in
}

// P8: how many places one offers is bounded as roles and invitations are.
func TestP8PlacesByNameAreBounded(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Auth.Limits.PersonBurst = 2 })
	h.account("admin")
	ada, bob := h.account("ada"), h.account("bob")
	path := "/groups/" + ada.do("POST", "/groups", map[string]any{"name": "Joiners"}).want(201)["id"].(string) + "/members/"
	ada.do("PUT", path+bob.id, map[string]any{"manager": false}).want(200)
	ada.do("PUT", path+"nobody", map[string]any{"manager": false}).problem(404, "not-found")
	ada.do("PUT", path+"nobody", map[string]any{"manager": false}).problem(429, "too-many-requests")
	ada.do("PUT", path+bob.id, map[string]any{"manager": true}).want(200) // what is offered already is not asked for anew
}
