package server

import (
	"strings"
	"testing"
	"time"

	"quire/storage"
)

// P10: whoever is suspended is out of every browser and program within a second, and is told when signing in. Nothing of
// theirs is lost.
func TestP10ASuspendedAccountIsOutAtOnceAndKeepsWhatItHas(t *testing.T) {
	h := newHouse(t, nil)
	admin, bob := h.account("admin"), h.account("bob")
	doc := bob.document("text")
	program := bob.token("write")
	ticket := bob.do("POST", "/socket-tickets", nil).want(201)["ticket"].(string)
	browser, socket := bob.subscribed(t, doc), program.subscribed(t, doc)
	begun := time.Now()
	admin.do("PATCH", "/admin/people/"+bob.id, map[string]any{"suspended": true}).want(200)
	for _, l := range []*line{browser, socket} {
		if end := l.closed(); end != 4500 {
			t.Errorf("a socket closed with %d", end)
		}
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("the sockets were closed after %v", took)
	}
	bob.do("GET", "/me", nil).problem(401, "signed-out")
	program.do("GET", "/me", nil).problem(401, "signed-out")
	if _, code := h.nobody().open(t, []string{"quire", "ticket." + ticket}); code != 401 {
		t.Errorf("a ticket from before opens a socket: %d", code)
	}
	signIn := map[string]any{"email": "bob@example.org", "password": "correct horse bob"}
	h.nobody().do("POST", "/auth/signin", signIn).problem(403, "suspended")
	wrong := map[string]any{"email": "bob@example.org", "password": "another horse bob"}
	h.nobody().do("POST", "/auth/signin", wrong).problem(401, "wrong-credentials") // who does not show who they are learns nothing
	listed := items(admin.do("GET", "/admin/people?q=bob", nil).want(200))
	if len(listed) != 1 || listed[0]["suspended_at"] == nil || listed[0]["documents"] != 1.0 {
		t.Errorf("listed as %v", listed)
	}
	admin.do("PATCH", "/admin/people/"+bob.id, map[string]any{"suspended": false}).want(200)
	bob.do("POST", "/auth/signin", signIn).want(200)
	if d := bob.do("GET", "/documents/"+doc, nil).want(200); d["role"] != "owner" {
		t.Errorf("the document is %v", d)
	}
	admin.do("PATCH", "/admin/people/"+admin.id, map[string]any{"suspended": true}).problem(409, "conflict")
	admin.do("PATCH", "/admin/people/"+bob.id, map[string]any{"admin": true}).want(200)
	admin.do("PATCH", "/admin/people/"+bob.id, map[string]any{"suspended": true}).want(200)
	admin.do("PATCH", "/admin/people/"+admin.id, map[string]any{"admin": false}).problem(409, "conflict") // the only one who can come in
}

// A sign-in or token made in the instant of the suspension, after all others were ended, is refused by the account's row.
func TestP10AProofMadeWhileItsAccountIsSuspendedIsRefused(t *testing.T) {
	h := newHouse(t, nil)
	h.account("admin")
	bob := h.account("bob")
	program := bob.token("read")
	ticket := bob.do("POST", "/socket-tickets", nil).want(201)["ticket"].(string)
	now := time.Now()
	if _, err := h.store.ChangeUser(t.Context(), storage.UserID(bob.id), storage.UserChange{SuspendedAt: &now}); err != nil {
		t.Fatal(err)
	}
	bob.do("GET", "/me", nil).problem(401, "signed-out")
	program.do("GET", "/me", nil).problem(401, "signed-out")
	if _, code := h.nobody().open(t, []string{"quire", "ticket." + ticket}); code != 401 {
		t.Errorf("the ticket opens a socket: %d", code)
	}
}

// Without mail an administrator gives whoever forgot their password an address that works once.
func TestAnAdministratorMakesAnAddressForAForgottenPassword(t *testing.T) {
	h := newHouse(t, nil)
	admin, bob := h.account("admin"), h.account("bob")
	made := admin.do("POST", "/admin/people/"+bob.id+"/password-reset", nil).want(200)
	base, code, ok := strings.Cut(made["url"].(string), "/reset/")
	if !ok || base != h.base {
		t.Fatalf("the address is %v", made["url"])
	}
	bob.do("GET", "/me", nil).problem(401, "signed-out")
	h.nobody().do("POST", "/auth/signin", map[string]any{"email": "bob@example.org", "password": "correct horse bob"}).problem(401, "wrong-credentials")
	if seen := h.nobody().do("POST", "/auth/reset-preview", map[string]any{"code": code}).want(200); seen["welcome"] != false {
		t.Errorf("somebody who was here before sees %v", seen)
	}
	h.nobody().do("POST", "/auth/reset-preview", map[string]any{"code": code + "x"}).problem(404, "code-gone")
	body := map[string]any{"code": code, "password": "a new horse"}
	if me := h.nobody().do("POST", "/auth/reset", body).want(200); me["id"] != bob.id || me["known"] != true {
		t.Errorf("the address signs in %v", me)
	}
	h.nobody().do("POST", "/auth/reset", body).problem(404, "code-gone")
	admin.do("POST", "/admin/people/nobody/password-reset", nil).problem(404, "not-found")
	admin.do("PATCH", "/admin/people/"+bob.id, map[string]any{"suspended": true}).want(200)
	again := admin.do("POST", "/admin/people/"+bob.id+"/password-reset", nil).want(200)["url"].(string)
	_, code, _ = strings.Cut(again, "/reset/")
	h.nobody().do("POST", "/auth/reset", map[string]any{"code": code, "password": "a new horse"}).problem(403, "suspended")
}

// Without mail the answer to whoever wants an account with a taken e-mail names the cause, by its type.
func TestSigningUpWithATakenEMailSaysSo(t *testing.T) {
	h := newHouse(t, nil)
	h.account("ada")
	again := map[string]any{"name": "Ada", "email": "ADA@example.org", "password": "another long password"}
	h.nobody().do("POST", "/auth/signup", again).problem(409, "email-taken")
}
