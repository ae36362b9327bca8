package server

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"quire/storage"
	"quire/storage/memory"
	"quire/storage/storagetest"
)

func TestTheReachIsForAccountsWhoKnowTheAddress(t *testing.T) {
	h := newHouse(t, withTokens)
	ada, bob := h.account("ada"), h.account("bob")
	doc, other := ada.document("text"), ada.document("other")
	_, secret := ada.link(other, "viewer")
	guest := h.nobody()
	guest.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	app := h.bearer(token(t, "u1", map[string]string{other: "viewer"}, soon))
	path := "/documents/" + doc
	if r := ada.do("GET", path+"/reach", nil).want(200); r["role"] != "none" {
		t.Errorf("reach = %v, want none", r)
	}
	ada.do("PUT", path+"/reach", map[string]any{"role": "owner"}).problem(422, "invalid")
	ada.do("PUT", path+"/reach", map[string]any{"role": "editor"}).want(200)
	if d := bob.do("GET", path, nil).want(200); d["role"] != "editor" {
		t.Errorf("bob's role is %v", d["role"])
	}
	guest.do("GET", path, nil).problem(404, "not-found")
	app.do("GET", path, nil).problem(404, "not-found")
	if list := items(bob.do("GET", "/documents", nil).want(200)); len(list) != 0 {
		t.Errorf("bob's list is %v, want nothing by reach alone", list)
	}
	bob.do("DELETE", path+"/members/"+bob.id, nil).problem(409, "conflict")
	l := bob.subscribed(t, doc)
	ada.do("PUT", path+"/reach", map[string]any{"role": "viewer"}).want(200)
	l.until("the lower role", is("role", "viewer"))
	bob.do("PUT", path+"/reach", map[string]any{"role": "editor"}).problem(403, "forbidden")
	ada.do("PUT", path+"/reach", map[string]any{"role": "none"}).want(200)
	l.until("the end of access", is("role", "none"))
	if code := l.closed(); code != 4501 {
		t.Errorf("close %d, want 4501", code)
	}
	bob.do("GET", path, nil).problem(404, "not-found")
}

func TestADocumentIsHandedOver(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob, eve := h.account("ada"), h.account("bob"), h.account("eve")
	doc := ada.document("text")
	_, secret := ada.link(doc, "editor")
	guest := h.nobody()
	guestID := guest.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)["user"].(map[string]any)["id"].(string)
	path := "/documents/" + doc + "/transfer"
	to := func(c *caller, user, then string) response {
		return c.do("POST", path, map[string]any{"user": user, "then": then})
	}
	for _, user := range []string{eve.id, guestID, ada.id, "nobody-there"} {
		to(ada, user, "editor").problem(422, "invalid")
	}
	h.grant(doc, bob.id, "viewer")
	to(bob, bob.id, "none").problem(403, "forbidden")
	to(ada, bob.id, "owner").problem(422, "invalid")
	a, b := ada.subscribed(t, doc), bob.subscribed(t, doc)
	if got := to(ada, bob.id, "viewer").want(200); got["role"] != "owner" || got["offered"] != true {
		t.Errorf("transferred = %v", got)
	}
	bob.do("POST", "/me/transfers/"+doc+"/accept", nil).want(200)
	a.until("the lower role", is("role", "viewer"))
	b.until("the owner's role", is("role", "owner"))
	d := bob.do("GET", "/documents/"+doc, nil).want(200)
	if d["role"] != "owner" || d["owner"].(map[string]any)["id"] != bob.id {
		t.Errorf("the document is %v", d)
	}
	to(ada, eve.id, "editor").problem(403, "forbidden")
	to(bob, ada.id, "none").want(200)
	ada.do("POST", "/me/transfers/"+doc+"/accept", nil).want(200)
	b.until("the end of access", is("role", "none"))
	bob.do("GET", "/documents/"+doc, nil).problem(404, "not-found")
}

func TestAccessIsAskedForAndGiven(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob, cat := h.account("ada"), h.account("bob"), h.account("cat")
	doc := ada.document("text")
	path := "/documents/" + doc + "/requests"
	ask := func(c *caller, role string) {
		t.Helper()
		if res := c.do("POST", path, map[string]any{"role": role, "message": "Please"}); res.status != 202 || len(res.body) != 0 {
			t.Errorf("asked: %d %s", res.status, res.body)
		}
	}
	l := ada.subscribed(t, doc)
	ask(bob, "viewer")
	l.until("the news of it", func(f map[string]any) bool { return f["a"] == "members" })
	ask(bob, "editor")
	ask(cat, "viewer")
	ask(ada, "viewer") // has more
	list := items(ada.do("GET", path, nil).want(200))
	slices.SortFunc(list, func(a, b map[string]any) int { // of one millisecond they come in the order of the people's ids
		return cmp.Compare(fmt.Sprint(b["role"] == "editor"), fmt.Sprint(a["role"] == "editor"))
	})
	if len(list) != 2 || list[0]["role"] != "editor" || list[0]["message"] != "Please" || list[0]["email_hint"] != "b…@e….org" {
		t.Errorf("requests = %v", list)
	}
	bob.do("GET", path, nil).problem(404, "not-found")
	ada.do("POST", path+"/"+bob.id+"/grant", map[string]any{"role": "owner"}).problem(422, "invalid")
	if got := ada.do("POST", path+"/"+bob.id+"/grant", map[string]any{"role": "commenter"}).want(200); got["role"] != "commenter" || got["via"] != "request" {
		t.Errorf("granted = %v", got)
	}
	ada.do("POST", path+"/"+bob.id+"/grant", map[string]any{"role": "editor"}).problem(404, "not-found")
	bob.do("GET", path, nil).problem(403, "forbidden")
	ada.do("DELETE", path+"/"+cat.id, nil).want(204)
	ada.do("DELETE", path+"/"+cat.id, nil).problem(404, "not-found")
	cat.do("GET", "/documents/"+doc, nil).problem(404, "not-found")
	if left := items(ada.do("GET", path, nil).want(200)); len(left) != 0 {
		t.Errorf("requests left: %v", left)
	}
}

// W9: asking for access is answered the same for any id, and leaves something behind only where there is a document.
func TestW9AskingForAccessTellsNothing(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	live, trashed, deleted := ada.document("a"), ada.document("b"), ada.document("c")
	ada.do("DELETE", "/documents/"+trashed, nil).want(204)
	ada.do("DELETE", "/documents/"+deleted+"?permanently=true", nil).want(204)
	var first response
	for i, id := range []string{"never-was-there-000000", live, trashed, deleted, "not%20an%20id"} {
		got := bob.do("POST", "/documents/"+id+"/requests", map[string]any{"role": "viewer"})
		for _, volatile := range []string{"Date", "X-Request-Id"} {
			got.header.Del(volatile)
		}
		if i == 0 {
			first = got
		}
		if got.status != 202 || string(got.body) != string(first.body) || fmt.Sprint(got.header) != fmt.Sprint(first.header) {
			t.Errorf("%s: %d %v %s, unlike %d %v %s", id, got.status, got.header, got.body, first.status, first.header, first.body)
		}
		waiting, err := h.store.Requests(context.Background(), storage.DocumentID(id))
		if err != nil || (len(waiting) > 0) != (id == live) {
			t.Errorf("%s: %d wait, %v", id, len(waiting), err)
		}
	}
	_, secret := ada.link(live, "viewer")
	guest := h.nobody()
	guest.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	for _, id := range []string{live, "never-was-there-000000"} {
		guest.do("POST", "/documents/"+id+"/requests", map[string]any{"role": "editor"}).problem(403, "forbidden")
	}
}

// Whatever changes who may do what is in the document's audit log, and what was refused is not.
func TestADocumentsAuditLogTellsWhoSharedIt(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	path := "/documents/" + doc
	link, secret := ada.link(doc, "viewer")
	bob.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	ada.do("PATCH", path+"/members/"+bob.id, map[string]any{"role": "editor"}).want(200)
	ada.do("PATCH", path+"/members/"+ada.id, map[string]any{"role": "viewer"}).problem(409, "conflict")
	ada.do("PATCH", path+"/links/"+link, map[string]any{"expires_at": nil}).want(200)
	ada.do("DELETE", path+"/links/"+link, nil).want(204)
	id, _ := ada.invitation(doc, "x@example.org", "viewer")
	ada.do("DELETE", path+"/invitations/"+id, nil).want(204)
	group := ada.group("Roofers")
	ada.do("PUT", path+"/groups/"+group, map[string]any{"role": "viewer"}).want(200)
	ada.do("DELETE", path+"/groups/"+group, nil).want(204)
	ada.do("PUT", path+"/reach", map[string]any{"role": "viewer"}).want(200)
	ada.do("POST", path+"/transfer", map[string]any{"user": bob.id, "then": "owner"}).problem(422, "invalid")
	ada.do("DELETE", path+"/members/"+bob.id, nil).want(204)
	var actions []string
	entries := items(ada.do("GET", path+"/audit?limit=200", nil).want(200))
	for _, e := range slices.Backward(entries) {
		actions = append(actions, e["action"].(string))
		if e["document"] != doc || e["address"] != "127.0.0.1" || e["actor"] == nil {
			t.Errorf("entry %v", e)
		}
	}
	want := []string{"link.create", "grant.set", "grant.set", "link.change", "link.withdraw", "invitation.create", "invitation.withdraw",
		"group.grant", "group.withdraw", "reach.set", "grant.remove"}
	if !slices.Equal(actions, want) {
		t.Errorf("actions %v, want %v", actions, want)
	}
	set := entries[len(entries)-3] // bob's role was changed
	if set["person"].(map[string]any)["name"] != "bob" || fmt.Sprint(set["detail"]) != "map[role:editor was:viewer]" {
		t.Errorf("entry %v", set)
	}
	for _, e := range entries[len(entries)-7 : len(entries)-5] { // the invitation, made and withdrawn
		if e["subject"] != "x@example.org" {
			t.Errorf("entry %v", e)
		}
	}
	page := ada.do("GET", path+"/audit?limit=4&action=link.", nil).want(200)
	if len(items(page)) != 3 || page["next_before"] != nil {
		t.Errorf("page %v", page)
	}
	page = ada.do("GET", path+"/audit?limit=4", nil).want(200)
	next := items(ada.do("GET", fmt.Sprintf("%s/audit?limit=4&before=%.0f", path, page["next_before"]), nil).want(200))
	if len(next) != 4 || next[0]["id"] == items(page)[3]["id"] {
		t.Errorf("the next page %v", next)
	}
	bob.do("GET", path+"/audit", nil).problem(403, "forbidden") // a viewer, by the reach
	ada.do("PUT", path+"/reach", map[string]any{"role": "none"}).want(200)
	bob.do("GET", path+"/audit", nil).problem(404, "not-found")
}

// A guest who signs up stays who they were: roles and authorship are theirs, and their open socket learns that it belongs
// to a sign-in that ended, so that it comes back with the new one.
func TestAGuestWhoSignsUpKeepsRolesAndAuthorship(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	docs := []string{ada.document("one"), ada.document("two")}
	guest := h.nobody()
	for i, doc := range docs {
		_, secret := ada.link(doc, []string{"editor", "viewer"}[i])
		guest.do("POST", "/links/claim", map[string]any{"token": secret, "name": "Tomás"}).want(200)
	}
	me := guest.do("GET", "/me", nil).want(200)["id"]
	guest.do("POST", "/documents/"+docs[0]+"/ops", map[string]any{"base_revision": 1, "op": []any{map[string]any{"insert": "mine "}}}).want(200)
	l := guest.subscribed(t, docs[0])
	account := guest.do("POST", "/auth/signup", map[string]any{"name": "Tom", "email": "t@example.org", "password": "long enough to be one"}).want(201)
	if account["id"] != me || account["guest"] != false {
		t.Errorf("the account is %v, the guest was %v", account, me)
	}
	if code := l.closed(); code != 4500 {
		t.Errorf("the guest's socket was closed with %d, want 4500", code)
	}
	for i, role := range []string{"editor", "viewer"} {
		if d := guest.do("GET", "/documents/"+docs[i], nil).want(200); d["role"] != role {
			t.Errorf("the role on %d is %v, want %s", i, d["role"], role)
		}
	}
	ops, err := h.store.Read(context.Background(), storage.DocumentID(docs[0]), 1, storage.Newest, 0)
	if err != nil || len(ops) != 1 || string(ops[0].Author) != me {
		t.Errorf("ops %v, %v; want the guest's under the account", ops, err)
	}
	again := guest.subscribed(t, docs[0])
	again.send(fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":2,"seq":1,"x":{},"op":[{"insert":"more "}]}`, docs[0]))
	again.until("its acknowledgement", func(f map[string]any) bool { return f["a"] == "op" && f["error"] == nil })
	ada.do("PATCH", "/documents/"+docs[0]+"/members/"+account["id"].(string), map[string]any{"role": "owner"}).want(200)
}

// P10: an answer that took long to make does not leave to somebody whose access, or sign-in, ended meanwhile, nor where
// nobody can tell.
func TestP10ASlowAnswerIsJudgedAgain(t *testing.T) {
	t.Parallel() // it waits
	for _, end := range []string{"removed", "signed out", "kept", "nobody tells roles", "nobody tells sign-ins"} {
		faulty := storagetest.NewFaulty(memory.New(), nil)
		h := openHouse(t, faulty, nil)
		ada, bob := h.account("ada"), h.account("bob")
		doc := ada.document("text")
		h.grant(doc, bob.id, "viewer")
		faulty.SetPlan(storagetest.On(storagetest.Stall, "Head"))
		answered := make(chan response, 1)
		go func() { answered <- bob.do("GET", "/documents/"+doc, nil) }()
		if err := faulty.WaitStalled(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		faulty.SetPlan(nil)
		want := 200
		switch end {
		case "removed":
			ada.do("DELETE", "/documents/"+doc+"/members/"+bob.id, nil).want(204)
			want = 404
		case "signed out":
			if _, err := faulty.DeleteSignIns(t.Context(), storage.UserID(bob.id), ""); err != nil {
				t.Fatal(err)
			}
			want = 401
		case "nobody tells roles":
			faulty.SetPlan(refusing("HeldRoles"))
			want = 503
		case "nobody tells sign-ins":
			faulty.SetPlan(refusing("SignInByToken"))
			want = 503
		}
		<-time.After(600 * time.Millisecond) // longer than a look holds
		faulty.Release()
		if got := <-answered; got.status != want {
			t.Errorf("%s: %d %s, want %d", end, got.status, got.body, want)
		}
	}
}

// refusing is a plan by which some of the store's methods do not answer.
func refusing(methods ...string) storagetest.Plan {
	return storagetest.On(storagetest.Refuse, methods...)
}
