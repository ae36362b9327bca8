package server

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quire/storage"
)

// invitation makes one and returns its id and secret.
func (c *caller) invitation(doc, email, role string) (id, secret string) {
	c.h.t.Helper()
	made := c.do("POST", "/documents/"+doc+"/invitations", map[string]any{"email": email, "role": role}).want(201)
	_, secret, ok := strings.Cut(made["url"].(string), c.h.base+"/i/")
	if !ok || secret == "" {
		c.h.t.Fatalf("the address is %v", made["url"])
	}
	return made["id"].(string), secret
}

// verified notes that c has shown its e-mail to be its own.
func (h *house) verified(c *caller) {
	h.t.Helper()
	now := time.Now()
	if _, err := h.store.ChangeUser(context.Background(), storage.UserID(c.id), storage.UserChange{VerifiedAt: &now}); err != nil {
		h.t.Fatal(err)
	}
}

func items(answer map[string]any) (list []map[string]any) {
	for _, item := range answer["items"].([]any) {
		list = append(list, item.(map[string]any))
	}
	return list
}

func TestAnInvitationsAddressLetsOnePersonIn(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob, eve := h.account("ada"), h.account("bob"), h.account("eve")
	doc := ada.document("text")
	_, secret := ada.invitation(doc, "somebody@example.com", "editor")
	body := map[string]any{"token": secret}
	preview := h.nobody().do("POST", "/invitations/preview", body).want(200)
	if preview["role"] != "editor" || preview["email_hint"] != "s…@e….com" || preview["inviter"].(map[string]any)["name"] != "ada" ||
		preview["document"].(map[string]any)["title"] != "Plan" {
		t.Errorf("preview = %v", preview)
	}
	h.nobody().do("POST", "/invitations/claim", body).problem(401, "signed-out")
	_, link := ada.link(doc, "viewer")
	guest := h.nobody()
	guest.do("POST", "/links/claim", map[string]any{"token": link}).want(200)
	guest.do("POST", "/invitations/claim", body).problem(403, "forbidden")
	given := bob.do("POST", "/invitations/claim", body).want(200)
	if given["document_id"] != doc || given["role"] != "editor" || bob.text(doc) != "text\n" {
		t.Errorf("claimed = %v", given)
	}
	for _, c := range []*caller{bob, eve} { // used up
		c.do("POST", "/invitations/claim", body).problem(404, "not-found")
	}
	h.nobody().do("POST", "/invitations/preview", body).problem(404, "not-found")
	eve.do("GET", "/documents/"+doc, nil).problem(404, "not-found")
	if left := items(ada.do("GET", "/documents/"+doc+"/invitations", nil).want(200)); len(left) != 0 {
		t.Errorf("invitations left: %v", left)
	}
}

func TestOfManyWhoUseAnInvitationOneGetsIn(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	_, secret := ada.invitation(doc, "x@example.com", "viewer")
	var mu sync.Mutex
	var wg sync.WaitGroup
	statuses := map[int]int{}
	for i := range 6 {
		c := h.account(fmt.Sprint("person", i))
		wg.Go(func() {
			status := c.do("POST", "/invitations/claim", map[string]any{"token": secret}).status
			mu.Lock()
			statuses[status]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if statuses[200] != 1 || statuses[404] != 5 {
		t.Errorf("statuses = %v, want one 200 and five 404", statuses)
	}
}

// Nothing is given to an address alone: only to whoever has shown that it is theirs.
func TestInvitationsWaitForAVerifiedAddress(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob, eve := h.account("ada"), h.account("bob"), h.account("eve")
	one, two := ada.document("one"), ada.document("two")
	id, _ := ada.invitation(one, "BOB@example.org", "viewer")
	declined, _ := ada.invitation(two, "bob@example.org", "editor")
	accept := func(c *caller, id string) response { return c.do("POST", "/me/invitations/"+id+"/accept", nil) }
	if got := items(bob.do("GET", "/me/invitations", nil).want(200)); len(got) != 0 {
		t.Errorf("before the address is verified: %v", got)
	}
	accept(bob, id).problem(404, "not-found")
	h.verified(bob)
	h.verified(eve)
	got := items(bob.do("GET", "/me/invitations", nil).want(200))
	slices.SortFunc(got, func(a, b map[string]any) int { // of one millisecond they come in any order
		return cmp.Compare(fmt.Sprint(b["id"] == id), fmt.Sprint(a["id"] == id))
	})
	if len(got) != 2 || got[0]["id"] != id || got[0]["document"].(map[string]any)["id"] != one || got[0]["inviter"].(map[string]any)["name"] != "ada" {
		t.Errorf("my invitations = %v", got)
	}
	if got := items(eve.do("GET", "/me/invitations", nil).want(200)); len(got) != 0 {
		t.Errorf("somebody else's: %v", got)
	}
	accept(eve, id).problem(404, "not-found")
	eve.do("DELETE", "/me/invitations/"+id, nil).problem(404, "not-found")
	if given := accept(bob, id).want(200); given["document_id"] != one || given["role"] != "viewer" {
		t.Errorf("accepted = %v", given)
	}
	accept(bob, id).problem(404, "not-found")
	bob.do("DELETE", "/me/invitations/"+declined, nil).want(204)
	bob.do("GET", "/documents/"+two, nil).problem(404, "not-found")
	if left := items(ada.do("GET", "/documents/"+two+"/invitations", nil).want(200)); len(left) != 0 {
		t.Errorf("declined, and still there: %v", left)
	}
}

// The answer to an invitation does not tell whether the address has an account, and an invitation never lowers a role.
func TestW9AnInvitationTellsNothingOfAccounts(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	shape := func(email string) string {
		made := ada.do("POST", "/documents/"+doc+"/invitations", map[string]any{"email": email, "role": "viewer"})
		fields := made.want(201)
		for _, own := range []string{"id", "url", "email", "created_at", "expires_at"} {
			delete(fields, own)
		}
		return fmt.Sprint(made.status, fields)
	}
	if with, without := shape("bob@example.org"), shape("bab@example.org"); with != without {
		t.Errorf("with an account %s, without %s", with, without)
	}
	h.grant(doc, bob.id, "editor")
	_, secret := ada.invitation(doc, "bob@example.org", "viewer")
	if given := bob.do("POST", "/invitations/claim", map[string]any{"token": secret}).want(200); given["role"] != "editor" {
		t.Errorf("claimed = %v, want the higher role kept", given)
	}
	ada.do("POST", "/documents/"+doc+"/invitations", map[string]any{"email": "no address", "role": "viewer"}).problem(422, "invalid")
	ada.do("POST", "/documents/"+doc+"/invitations", map[string]any{"email": "a@example.org", "role": "owner"}).problem(422, "invalid")
}

func TestAnInvitationIsSentAgainWithdrawnAndEnds(t *testing.T) {
	clock := newClockAt()
	h := newHouse(t, func(c *Config) { c.Now = clock.Now })
	ada, bob, cat := h.account("ada"), h.account("bob"), h.account("cat")
	doc := ada.document("text")
	path := "/documents/" + doc + "/invitations"
	claim := func(secret string) response {
		return bob.do("POST", "/invitations/claim", map[string]any{"token": secret})
	}
	id, first := ada.invitation(doc, "x@example.com", "viewer")
	_, second := ada.invitation(doc, "X@example.com", "editor") // takes the first one's place
	claim(first).problem(404, "not-found")
	listed := items(ada.do("GET", path, nil).want(200))
	if len(listed) != 1 || listed[0]["role"] != "editor" || !strings.HasSuffix(listed[0]["url"].(string), second) {
		t.Errorf("listed %v", listed)
	}
	ada.do("POST", path+"/"+id+"/resend", nil).problem(404, "not-found")
	again := ada.do("POST", path+"/"+listed[0]["id"].(string)+"/resend", nil).want(200)
	claim(second).problem(404, "not-found")
	h.grant(doc, cat.id, "owner")
	if url, shown := items(cat.do("GET", path, nil).want(200))[0]["url"]; shown {
		t.Errorf("another owner sees the address %v", url)
	}
	stored, err := h.store.Invitations(context.Background(), storage.DocumentID(doc))
	_, secret, _ := strings.Cut(again["url"].(string), "/i/")
	if err != nil || strings.Contains(fmt.Sprintf("%+v", stored), secret) {
		t.Errorf("the store holds the secret: %v, %v", stored, err)
	}
	clock.move(14*24*time.Hour - time.Second)
	h.nobody().do("POST", "/invitations/preview", map[string]any{"token": secret}).want(200)
	clock.move(2 * time.Second)
	claim(secret).problem(410, "invitation-expired")
	if gone := h.nobody().do("POST", "/invitations/preview", map[string]any{"token": secret}).want(410); gone["ended_at"] != again["expires_at"] {
		t.Errorf("ended at %v, want %v", gone["ended_at"], again["expires_at"])
	}
	if listed := items(ada.do("GET", path, nil).want(200)); listed[0]["expired"] != true {
		t.Errorf("listed %v, want it expired", listed)
	}
	ada.do("DELETE", path+"/"+again["id"].(string), nil).want(204)
	claim(secret).problem(404, "not-found")
}

// Invitations and requests ask something of people; one person can do that so often.
func TestP8WhatOnePersonAsksOfOthersIsBounded(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Auth.Limits.PersonBurst = 2 })
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	for i, want := range []int{201, 201, 429} {
		got := ada.do("POST", "/documents/"+doc+"/invitations", map[string]any{"email": fmt.Sprintf("p%d@example.org", i), "role": "viewer"})
		if got.status != want || want == 429 && got.header.Get("Retry-After") == "" {
			t.Errorf("invitation %d: %d, want %d", i, got.status, want)
		}
	}
	for i, want := range []int{202, 202, 429} {
		if got := bob.do("POST", "/documents/nobody-made-this/requests", map[string]any{"role": "viewer"}); got.status != want {
			t.Errorf("request %d: %d, want %d", i, got.status, want)
		}
	}
}

func TestLinksEndAndTheirEndIsMoved(t *testing.T) {
	clock := newClockAt()
	h := newHouse(t, func(c *Config) { c.Now = clock.Now })
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	path := "/documents/" + doc + "/links"
	end := clock.Now().Add(time.Hour).UTC().Format(time.RFC3339Nano)
	made := ada.do("POST", path, map[string]any{"role": "editor", "expires_at": end}).want(201)
	_, secret, _ := strings.Cut(made["url"].(string), "/s/")
	use := func(what string) response {
		return bob.do("POST", "/links/"+what, map[string]any{"token": secret})
	}
	if made["expired"] != false || made["expires_at"] == nil {
		t.Errorf("made = %v", made)
	}
	use("preview").want(200)
	clock.move(time.Hour)
	for _, what := range []string{"preview", "claim"} {
		use(what).problem(410, "link-expired")
	}
	if res := h.nobody().do("POST", "/links/claim", map[string]any{"token": secret}); res.status != http.StatusGone || res.header.Get("Set-Cookie") != "" {
		t.Errorf("an ended link made a guest: %d %v", res.status, res.header)
	}
	link := path + "/" + made["id"].(string)
	ada.do("PATCH", link, map[string]any{"expires_at": end}).problem(422, "invalid")
	ada.do("PATCH", link, map[string]any{"role": "viewer"}).problem(422, "invalid")
	if moved := ada.do("PATCH", link, map[string]any{"expires_at": nil}).want(200); moved["expires_at"] != nil || moved["expired"] != false || moved["url"] != made["url"] {
		t.Errorf("moved = %v", moved)
	}
	if got := use("claim").want(200); got["role"] != "editor" {
		t.Errorf("claimed = %v", got)
	}
	ada.do("PATCH", path+"/another", map[string]any{"expires_at": nil}).problem(404, "not-found")
	if roles := linkRoles(ada, path); !slices.Equal(roles, []string{"editor"}) {
		t.Errorf("links of %v", roles)
	}
}

func linkRoles(c *caller, path string) (roles []string) {
	for _, l := range items(c.do("GET", path, nil).want(200)) {
		roles = append(roles, l["role"].(string))
	}
	return roles
}

// P10: only its maker is shown an invitation's address. Put out, lowered or suspended, they cannot come back by it.
func TestP10AnInvitationsAddressEndsWithItsMakersRole(t *testing.T) {
	h := newHouse(t, withTokens)
	admin, ada, bob := h.account("admin"), h.account("ada"), h.account("bob")
	doc := ada.document("text")
	maker := h.account("maker")
	member := "/documents/" + doc + "/members/" + maker.id
	use := func(c *caller, what, secret string) response {
		return c.do("POST", "/invitations/"+what, map[string]any{"token": secret})
	}
	h.grant(doc, maker.id, "owner")
	sentTo, mine := maker.invitation(doc, "second@example.org", "editor")
	second := h.account("second")
	use(second, "preview", mine).want(200)
	for _, out := range []struct {
		how, method, path string
		body              any
	}{
		{"lowered", "PATCH", member, asRole("editor")},
		{"put out", "DELETE", member, nil},
		{"suspended", "PATCH", "/admin/people/" + maker.id, map[string]any{"suspended": true}},
		{"gone", "DELETE", "/admin/people/" + maker.id + "?shared=delete", nil},
	} {
		h.grant(doc, maker.id, "owner")
		by := map[bool]*caller{true: admin, false: ada}[strings.HasPrefix(out.path, "/admin")]
		if got := by.do(out.method, out.path, out.body); got.status/100 != 2 {
			t.Fatalf("%s: %d %s", out.how, got.status, got.body)
		}
		h.nobody().do("POST", "/invitations/preview", map[string]any{"token": mine}).problem(404, "not-found")
		use(second, "claim", mine).problem(404, "not-found") // the maker's own, and nobody vouches for its e-mail
		second.do("GET", "/documents/"+doc, nil).problem(404, "not-found")
	}
	h.verified(second) // whom it was sent to
	second.do("POST", "/me/invitations/"+sentTo+"/accept", nil).want(200)
	app := h.holder("app", map[string]string{"own": "owner"})
	app.do("POST", "/documents", map[string]any{"id": "own"}).want(201)
	_, sent := app.invitation("own", "x@example.org", "viewer")
	use(bob, "claim", sent).want(200)
}
