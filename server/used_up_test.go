package server

import (
	"strings"
	"testing"

	"quire/storage/memory"
	"quire/storage/storagetest"
)

// A letter is used up by the account it makes, not by a database that fails meanwhile.
func TestALetterOutlivesAFailingDatabase(t *testing.T) {
	store := storagetest.NewFaulty(memory.New(), nil)
	h, _, s := mailHouse(t, store, nil)
	h.nobody().do("POST", "/auth/signup", signUpForm("bob")).want(202)
	letter := code(t, h, s.Next(t), "confirm")
	store.SetPlan(refusing("CreateUser"))
	bob := h.nobody()
	bob.confirm(letter, "correct horse bob").problem(503, "unavailable")
	store.SetPlan(nil)
	bob.confirm(letter, "correct horse bob").want(201)
}

// So is every other code: what it is for is done with it, or it stays good.
func TestACodeOutlivesAFailingDatabase(t *testing.T) {
	store := storagetest.NewFaulty(memory.New(), nil)
	h, ada, s := mailHouse(t, store, nil)
	bob := h.byLetter(t, s, "bob")
	reset := func() string {
		t.Helper()
		h.nobody().do("POST", "/auth/reset-request", map[string]any{"email": "bob@example.org"}).want(202)
		return code(t, h, s.Next(t), "reset")
	}
	handed := func() string {
		t.Helper()
		_, secret, _ := strings.Cut(ada.do("POST", "/admin/people/"+bob.id+"/password-reset", nil).want(200)["url"].(string), "/reset/")
		return secret
	}
	for what, secret := range map[string]func() string{"by letter": reset, "handed over": handed} {
		form := map[string]any{"code": secret(), "password": "another horse bob"}
		store.SetPlan(refusing("ChangeUser", "UseCode"))
		h.nobody().do("POST", "/auth/reset", form).problem(503, "unavailable")
		store.SetPlan(nil)
		h.nobody().do("POST", "/auth/reset", form).want(200)
		if got := h.nobody().do("POST", "/auth/reset", form); got.status != 404 {
			t.Errorf("%s: a second use is answered by %d", what, got.status)
		}
	}
	bob.do("POST", "/auth/signin", map[string]any{"email": "bob@example.org", "password": "another horse bob"}).want(200)
	bob.do("POST", "/me/email", map[string]any{"email": "bob@example.net", "password": "another horse bob"}).want(200)
	verify := map[string]any{"code": code(t, h, s.Next(t), "verify")}
	store.SetPlan(refusing("ChangeUser", "UseCode"))
	bob.do("POST", "/auth/verify", verify).problem(503, "unavailable")
	store.SetPlan(nil)
	if me := bob.do("POST", "/auth/verify", verify).want(200); me["email"] != "bob@example.net" {
		t.Errorf("bob is %v", me)
	}
}

// An address that somebody else took meanwhile is refused, and the letter is good when they have given it up.
func TestACodeThatGivesNothingStaysGood(t *testing.T) {
	h, ada, s := mailHouse(t, memory.New(), nil)
	bob := h.byLetter(t, s, "bob")
	bob.do("POST", "/me/email", map[string]any{"email": "cat@example.org", "password": "correct horse bob"}).want(200)
	verify := map[string]any{"code": code(t, h, s.Next(t), "verify")}
	cat := ada.do("POST", "/admin/people", map[string]any{"name": "Cat", "email": "cat@example.org"}).want(201)["user"].(map[string]any)["id"].(string)
	bob.do("POST", "/auth/verify", verify).problem(409, "email-taken")
	ada.do("DELETE", "/admin/people/"+cat+"?shared=delete", nil).want(200)
	bob.do("POST", "/auth/verify", verify).want(200)
}

// What was done is told where only the sign-in that goes with it failed.
func TestWhatWasDoneIsToldWithoutItsSignIn(t *testing.T) {
	store := storagetest.NewFaulty(memory.New(), nil)
	h, _, s := mailHouse(t, store, nil)
	h.nobody().do("POST", "/auth/signup", signUpForm("bob")).want(202)
	letter := code(t, h, s.Next(t), "confirm")
	store.SetPlan(refusing("CreateSignIn"))
	res := h.nobody().confirm(letter, "correct horse bob")
	if res.problem(503, "unavailable"); !strings.Contains(string(res.body), "Your account is made, but you could not be signed in") {
		t.Errorf("told: %s", res.body)
	}
	store.SetPlan(nil)
	h.nobody().do("POST", "/auth/signin", map[string]any{"email": "bob@example.org", "password": "correct horse bob"}).want(200)
}
