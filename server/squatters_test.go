package server

import (
	"fmt"
	"strings"
	"testing"

	"quire/storage/memory"
)

// The tests of this file are about people who sign up with an address that is somebody else's.

// Nobody keeps the owner of an address from signing up with it: whoever asked first, however often and with whatever
// password, the letters are in the owner's mailbox, any of them will do, and what is in them is the owner's to choose.
func TestNobodyKeepsTheOwnerOfAnAddressFromSigningUp(t *testing.T) {
	for used := range 3 {
		t.Run(fmt.Sprint("letter ", used), func(t *testing.T) {
			h, _, s := mailHouse(t, memory.New(), nil)
			for range 8 {
				h.nobody().do("POST", "/auth/signup", signUpForm("Mallory", "email", "bob@example.org")).want(202)
			}
			h.nobody().do("POST", "/auth/signup", signUpForm("bob", "email", "Bob@example.org")).want(202)
			var letters []string
			for range 3 {
				letters = append(letters, code(t, h, s.Next(t), "confirm"))
			}
			bob := h.nobody()
			if me := bob.confirm(letters[used], "the choice of bob", "name", "Bob").want(201); me["name"] != "Bob" || me["verified"] != true {
				t.Errorf("bob is %v", me)
			}
			theirs := map[string]any{"email": "bob@example.org", "password": "correct horse Mallory"}
			h.nobody().do("POST", "/auth/signin", theirs).problem(401, "wrong-credentials")
			for _, other := range letters {
				h.nobody().confirm(other, "somebody's second").problem(409, "email-taken")
			}
		})
	}
}

// An e-mail is enough to be sent a letter, and a password that is too short is no reason for none: nobody looks at it.
func TestWithMailAnAddressIsEnoughToSignUp(t *testing.T) {
	h, _, s := mailHouse(t, memory.New(), nil)
	for _, form := range []map[string]any{{"email": "bob@example.org"}, {"email": "bob@example.org", "name": "", "password": "short"}} {
		h.nobody().do("POST", "/auth/signup", form).want(202)
		letter := code(t, h, s.Next(t), "confirm")
		h.nobody().confirm(letter, "correct horse bob").problem(422, "invalid") // without a name
	}
	h.nobody().do("POST", "/auth/signup", map[string]any{"email": "bob"}).problem(422, "invalid")
	h.nobody().do("POST", "/auth/signup", signUpForm("bob", "name", "\u200b")).problem(422, "invalid")
	plain := newHouse(t, nil)
	plain.account("ada")
	plain.nobody().do("POST", "/auth/signup", map[string]any{"email": "bob@example.org", "password": "correct horse bob"}).problem(422, "invalid")
	plain.nobody().do("POST", "/auth/signup", map[string]any{"email": "bob@example.org", "name": "Bob"}).problem(422, "invalid")
}

// A guest who signs up with somebody else's address does not make what they wrote the owner's: only who reads the letter
// knows whether they are that guest.
func TestAGuestsWordsBecomeNobodyElses(t *testing.T) {
	h, ada, s := mailHouse(t, memory.New(), nil)
	doc := ada.document("text")
	_, secret := ada.link(doc, "editor")
	guests := map[string]*caller{}
	ids := map[string]any{}
	for _, name := range []string{"mallory", "bob"} {
		guests[name] = h.nobody()
		ids[name] = guests[name].do("POST", "/links/claim", map[string]any{"token": secret, "name": name}).want(200)["user"].(map[string]any)["id"]
	}
	guests["mallory"].do("POST", "/auth/signup", map[string]any{"email": "bob@example.org"}).want(202)
	guests["mallory"].do("POST", "/auth/signup", map[string]any{"email": "cat@example.org"}).want(202)
	bobs, cats := code(t, h, s.Next(t), "confirm"), code(t, h, s.Next(t), "confirm")
	cat := h.nobody().confirm(cats, "correct horse cat", "name", "Cat").want(201)
	if cat["id"] == ids["mallory"] {
		t.Error("cat became the guest who used their address")
	}
	// Bob opens a letter that somebody else asked for in the browser where he is a guest: he stays who he is.
	bob := guests["bob"].confirm(bobs, "correct horse bob", "name", "Bob").want(201)
	if bob["id"] != ids["bob"] || bob["guest"] != false {
		t.Errorf("the guest %v became %v", ids["bob"], bob)
	}
	guests["mallory"].do("GET", "/documents/"+doc, nil).want(200) // and the other is the guest they were
}

// Whoever is suspended is told so by the letter, and by the page of one that came before, not led to a form that refuses them
// (P10). What waits for them does when they are back.
func TestP10LettersTellWhoIsSuspendedSo(t *testing.T) {
	h, ada, s := mailHouse(t, memory.New(), nil)
	bob := h.byLetter(t, s, "bob")
	reset := map[string]any{"email": "bob@example.org"}
	h.nobody().do("POST", "/auth/reset-request", reset).want(202)
	before := map[string]any{"code": code(t, h, s.Next(t), "reset"), "password": "another horse bob"}
	ada.do("PATCH", "/admin/people/"+bob.id, map[string]any{"suspended": true}).want(200)
	h.nobody().do("POST", "/auth/reset-preview", map[string]any{"code": before["code"]}).problem(403, "suspended")
	h.nobody().do("POST", "/auth/reset", before).problem(403, "suspended")
	for path, form := range map[string]map[string]any{"/auth/signup": signUpForm("bob"), "/auth/reset-request": reset} {
		h.nobody().do("POST", path, form).want(202)
		text := plainText(s.Next(t))
		if !strings.Contains(text, "suspended your account") || strings.Contains(text, h.base) {
			t.Errorf("%s: the letter is %s", path, text)
		}
	}
	ada.do("PATCH", "/admin/people/"+bob.id, map[string]any{"suspended": false}).want(200)
	h.nobody().do("POST", "/auth/reset", before).want(200)
}

// Whoever asks for somebody's address keeps them from it no more when they change theirs, nor from a forgotten password.
func TestNobodyKeepsTheOwnerOfAnAddressFromChangingToIt(t *testing.T) {
	h, _, s := mailHouse(t, memory.New(), nil)
	mallory, bob := h.byLetter(t, s, "mallory"), h.byLetter(t, s, "bob")
	ask := func(c *caller, password string) response {
		return c.do("POST", "/me/email", map[string]any{"email": "b@example.net", "password": password})
	}
	for range 3 {
		ask(mallory, "correct horse mallory").want(200)
		s.Next(t)
	}
	ask(mallory, "correct horse mallory").problem(429, "too-many-requests") // theirs
	if got := ask(bob, "correct horse bob").want(200); got["mailed"] != true {
		t.Errorf("bob is told %v", got)
	}
	bob.do("POST", "/auth/verify", map[string]any{"code": code(t, h, s.Next(t), "verify")}).want(200)

	var first string
	for i := range 8 {
		h.nobody().do("POST", "/auth/reset-request", map[string]any{"email": "b@example.net"}).want(202)
		if i == 0 {
			s.Next(t) // tells the old address
			first = code(t, h, s.Next(t), "reset")
		}
	}
	h.nobody().do("POST", "/auth/reset", map[string]any{"code": first, "password": "another horse bob"}).want(200)
}
