package server

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"quire/server/auth"
	"quire/server/mail/mailtest"
	"quire/storage"
	"quire/storage/memory"
)

// The tests of this file are about accounts that are made when a letter was answered.

func signUpForm(name string, more ...string) map[string]any {
	form := map[string]any{"name": name, "email": name + "@example.org", "password": "correct horse " + name}
	for i := 0; i+1 < len(more); i += 2 {
		form[more[i]] = more[i+1]
	}
	return form
}

// byLetter is a new account whose letter was answered.
func (h *house) byLetter(t *testing.T, s *mailtest.Server, name string) *caller {
	t.Helper()
	c := h.nobody()
	c.do("POST", "/auth/signup", signUpForm(name)).want(202)
	c.id = c.confirm(code(t, h, s.Next(t), "confirm"), "correct horse "+name).want(201)["id"].(string)
	return c
}

func (c *caller) confirm(secret, password string, more ...any) response {
	c.h.t.Helper()
	form := map[string]any{"code": secret, "password": password}
	for i := 0; i+1 < len(more); i += 2 {
		form[more[i].(string)] = more[i+1]
	}
	return c.do("POST", "/auth/confirm", form)
}

func (c *caller) preview(secret string) response {
	c.h.t.Helper()
	return c.do("POST", "/auth/confirm-preview", map[string]any{"code": secret})
}

// mailHouse is a server that sends letters and has an administrator, ada.
func mailHouse(t *testing.T, store storage.Store, change func(*Config)) (*house, *caller, *mailtest.Server) {
	t.Helper()
	s := mailtest.Start(t, false, nil)
	send := withMail(t, s)
	h := openHouse(t, store, func(c *Config) {
		send(c)
		if change != nil {
			change(c)
		}
	})
	ada := h.account("ada") // the first account, which is made at once
	if first := s.Next(t); !strings.Contains(first.Body, "/verify/") {
		t.Errorf("the first account's letter is %s", first.Body)
	}
	return h, ada, s
}

// Neither the answer nor the work before it tells whether an address has an account; the letter does.
func TestSigningUpIsAnsweredAlikeWhetherThereIsAnAccount(t *testing.T) {
	hold := make(chan struct{})
	s := mailtest.Start(t, false, func(_ string, n int) string {
		if n == 2 {
			<-hold // the letters behind this one wait
		}
		return ""
	})
	store := &counting{Store: memory.New()}
	h := openHouse(t, store, withMail(t, s))
	ada := h.account("ada")
	s.Next(t)
	ada.do("POST", "/me/verification", nil).want(202) // held up
	store.asked.Store(0)
	var answers []response
	for _, email := range []string{"ADA@example.org", "bob@example.org"} {
		c := h.nobody()
		res := c.do("POST", "/auth/signup", map[string]any{"name": "Bob", "email": email, "password": "correct horse bob", "return": "/d/abc"})
		if got := res.want(202); got["mailed"] != true || len(got) != 1 || res.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v, cookies %q", email, got, res.header.Values("Set-Cookie"))
		}
		c.do("GET", "/me", nil).problem(401, "signed-out")
		c.do("POST", "/auth/signin", map[string]any{"email": email, "password": "correct horse bob"}).problem(401, "wrong-credentials")
		answers = append(answers, res)
	}
	if n := store.asked.Load(); n != 2 { // the two who tried to sign in
		t.Errorf("the store was asked %d times before the answers, want none", n-2)
	}
	for _, name := range []string{"X-Request-Id", "Date"} {
		answers[0].header.Del(name)
		answers[1].header.Del(name)
	}
	if string(answers[0].body) != string(answers[1].body) || !sameHeader(answers[0].header, answers[1].header) {
		t.Errorf("the answers differ: %v %s and %v %s", answers[0].header, answers[0].body, answers[1].header, answers[1].body)
	}
	close(hold)
	s.Next(t)
	taken, free := plainText(s.Next(t)), s.Next(t)
	if !strings.Contains(taken, "There is one already") || strings.Contains(taken, "/confirm/") ||
		!strings.Contains(taken, h.base+"/d/abc") || !strings.Contains(taken, h.base+"/forgot") {
		t.Errorf("to whom has an account: %s", taken)
	}
	secret := code(t, h, free, "confirm")
	if free.To != "bob@example.org" || !strings.Contains(plainText(free), "/confirm/"+secret+"#/d/abc") {
		t.Errorf("to %s: %s", free.To, plainText(free))
	}
	for _, email := range []string{"ada@example.org", "bob@example.org"} { // and both get a few letters, not many
		for range 2 {
			h.nobody().do("POST", "/auth/signup", signUpForm("Bob", "email", email)).want(202)
			s.Next(t)
		}
		res := h.nobody().do("POST", "/auth/signup", signUpForm("Bob", "email", email))
		if res.want(202); string(res.body) != string(answers[0].body) {
			t.Errorf("after enough letters: %s", res.body)
		}
	}
	if !s.None() {
		t.Error("more letters came")
	}
}

func TestAnAccountIsMadeWhenItsLetterIsAnswered(t *testing.T) {
	h, ada, s := mailHouse(t, memory.New(), nil)
	h.nobody().do("POST", "/auth/signup", signUpForm("bob", "return", "https://evil.example/d/x")).want(202)
	letter := s.Next(t)
	secret := code(t, h, letter, "confirm")
	if strings.Contains(plainText(letter), secret+"#") {
		t.Errorf("the letter leads elsewhere: %s", plainText(letter))
	}
	bob := h.nobody()
	bob.confirm(secret, "short").problem(422, "invalid")
	bob.confirm("nobody-made-this", "correct horse bob").problem(404, "code-gone")
	if seen := bob.preview(secret).want(200); seen["email"] != "bob@example.org" || seen["name"] != "bob" || seen["guest"] != nil {
		t.Errorf("the letter makes %v", seen)
	}
	me := bob.confirm(secret, "chosen by its reader", "name", "Robert").want(201)
	if me["name"] != "Robert" || me["verified"] != true || me["email"] != "bob@example.org" || me["admin"] != false {
		t.Errorf("bob is %v", me)
	}
	bob.do("GET", "/me", nil).want(200)
	h.nobody().preview(secret).problem(409, "email-taken")
	h.nobody().confirm(secret, "chosen by somebody else").problem(409, "email-taken")
	signIn := map[string]any{"email": "bob@example.org", "password": "correct horse bob"}
	h.nobody().do("POST", "/auth/signin", signIn).problem(401, "wrong-credentials") // what was sent along is nobody's
	signIn["password"] = "chosen by its reader"
	h.nobody().do("POST", "/auth/signin", signIn).want(200)
	bob.do("POST", "/me/delete", map[string]any{"password": "chosen by its reader", "shared": "delete"}).want(200)
	h.nobody().confirm(secret, "chosen by somebody else").problem(404, "code-gone") // one letter, one account
	if s.None() == false {
		t.Error("a second letter came")
	}
	// An account that an administrator made meanwhile is not touched.
	h.nobody().do("POST", "/auth/signup", signUpForm("cat")).want(202)
	cats := code(t, h, s.Next(t), "confirm")
	ada.do("POST", "/admin/people", map[string]any{"name": "Cat", "email": "CAT@example.org"}).want(201)
	s.Next(t)
	h.nobody().confirm(cats, "correct horse cat").problem(409, "email-taken")
	h.nobody().preview(cats).problem(409, "email-taken")
	// Nor does a letter count when no accounts are made any more.
	h.nobody().do("POST", "/auth/signup", signUpForm("dan")).want(202)
	dans := code(t, h, s.Next(t), "confirm")
	ada.do("PATCH", "/admin/settings", map[string]any{"signup": "closed"}).want(200)
	h.nobody().confirm(dans, "correct horse dan").problem(403, "forbidden")
	h.nobody().preview(dans).problem(403, "forbidden")
	ada.do("PATCH", "/admin/settings", map[string]any{"signup": "open"}).want(200)
	h.nobody().confirm(dans, "correct horse dan").want(201)
}

// Of many who answer one letter at once one gets the account, and the others no second one.
func TestOfManyWhoAnswerALetterOneGetsIn(t *testing.T) {
	h, _, s := mailHouse(t, memory.New(), nil)
	h.nobody().do("POST", "/auth/signup", signUpForm("bob")).want(202)
	secret := code(t, h, s.Next(t), "confirm")
	answers := make([]response, 4)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = h.nobody().confirm(secret, "correct horse bob") })
	}
	all.Wait()
	won := 0
	for _, res := range answers {
		if res.status == http.StatusCreated {
			won++
		} else {
			res.problem(409, "email-taken")
		}
	}
	if won != 1 {
		t.Errorf("%d got in, want one", won)
	}
}

// A guest stays who they are, with what was shared with them, in whichever browser the letter is opened, if its reader says
// that it was them.
func TestAGuestBecomesTheAccountOfTheirLetter(t *testing.T) {
	h, ada, s := mailHouse(t, memory.New(), func(c *Config) { c.Auth.Signup = auth.SignupInvite })
	doc := ada.document("text")
	_, secret := ada.link(doc, "editor")
	guest := h.nobody()
	who := guest.do("POST", "/links/claim", map[string]any{"token": secret, "name": "Tomás"}).want(200)["user"].(map[string]any)
	h.nobody().do("POST", "/auth/signup", signUpForm("eve")).problem(403, "forbidden")
	guest.do("POST", "/auth/signup", signUpForm("tomas", "return", "/d/"+doc)).want(202)
	guest.do("GET", "/documents/"+doc, nil).want(200) // nothing has happened to the guest
	phone := h.nobody()
	letter := code(t, h, s.Next(t), "confirm")
	if seen := phone.preview(letter).want(200); seen["guest"].(map[string]any)["name"] != "Tomás" {
		t.Errorf("elsewhere the letter is %v", seen)
	}
	if seen := guest.preview(letter).want(200); seen["guest"] != nil {
		t.Errorf("to the guest the letter is %v", seen)
	}
	me := phone.confirm(letter, "correct horse tomas", "as_guest", true).want(201)
	if me["id"] != who["id"] || me["guest"] != false || me["verified"] != true {
		t.Errorf("the guest %v became %v", who, me)
	}
	if got := phone.do("GET", "/documents/"+doc, nil).want(200)["role"]; got != "editor" {
		t.Errorf("their role is %v", got)
	}
	guest.do("GET", "/me", nil).problem(401, "signed-out") // a cookie somebody planted holds no account
}

// Whoever has the letter of an invitation has shown that the address is theirs. Its token alone shows nothing: who invites
// knows it too.
func TestAnInvitationsLetterIsLetterEnough(t *testing.T) {
	h, ada, s := mailHouse(t, memory.New(), func(c *Config) { c.Auth.Signup = auth.SignupInvite })
	doc := ada.document("text")
	invite := func(name string) (token, letter string) {
		_, token = ada.invitation(doc, name+"@example.org", "editor")
		_, proof, _ := strings.Cut(plainText(s.Next(t)), "/i/"+token+"#")
		proof, _, _ = strings.Cut(proof, "\n")
		return token, token + "." + strings.TrimSpace(proof)
	}
	token, letter := invite("bob")
	for _, wrong := range []string{token, token + ".", token + ".x", letter + "x"} {
		h.nobody().do("POST", "/auth/signup", signUpForm("bob", "invitation", wrong)).problem(403, "forbidden")
	}
	h.nobody().do("POST", "/auth/signup", signUpForm("eve", "invitation", letter)).problem(403, "forbidden")
	bob := h.nobody()
	if me := bob.do("POST", "/auth/signup", signUpForm("bob", "invitation", letter)).want(201); me["verified"] != true {
		t.Errorf("bob is %v", me)
	}
	bob.do("POST", "/invitations/claim", map[string]any{"token": token}).want(200)
	h.nobody().do("POST", "/auth/signup", signUpForm("bob", "invitation", letter)).problem(403, "forbidden") // used
	ada.do("PATCH", "/admin/settings", map[string]any{"signup": "open"}).want(200)
	token, letter = invite("cat")
	h.nobody().do("POST", "/auth/signup", signUpForm("cat", "invitation", token)).want(202)
	if !strings.Contains(s.Next(t).Body, "/confirm/") {
		t.Error("who only knows the address got no letter")
	}
	ada.do("POST", "/admin/people", map[string]any{"name": "Cat", "email": "cat@example.org"}).want(201)
	s.Next(t)
	h.nobody().do("POST", "/auth/signup", signUpForm("cat", "invitation", letter)).problem(409, "email-taken")
	if !s.None() {
		t.Error("more letters came")
	}
}

// Without mail another address is told to be taken, so it is not asked for as often as one likes.
func TestWithoutMailAddressesAreNotTriedOut(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	h.account("bob")
	change := func(email string) response {
		return ada.do("POST", "/me/email", map[string]any{"email": email, "password": "correct horse ada"})
	}
	for range 3 {
		change("bob@example.org").problem(409, "email-taken")
	}
	change("bob@example.org").problem(429, "too-many-requests")
}

// Two letters of one guest that are answered at the same time make two accounts: the second takes nothing from the first.
func TestTwoLettersOfOneGuestMakeTwoAccounts(t *testing.T) {
	h, ada, s := mailHouse(t, memory.New(), nil)
	doc := ada.document("text")
	_, secret := ada.link(doc, "editor")
	for round := range 8 {
		guest := h.nobody()
		guest.do("POST", "/links/claim", map[string]any{"token": secret, "name": "Tomás"}).want(200)
		var codes, names []string
		for _, name := range []string{"one", "two"} {
			name = fmt.Sprint(name, round)
			guest.do("POST", "/auth/signup", signUpForm(name)).want(202)
			codes, names = append(codes, code(t, h, s.Next(t), "confirm")), append(names, name)
		}
		ids := make([]any, 2)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				ids[i] = h.nobody().confirm(codes[i], "correct horse "+names[i], "as_guest", true).want(201)["id"]
			})
		}
		all.Wait()
		if ids[0] == ids[1] {
			t.Errorf("both letters made the account %v", ids[0])
		}
		for _, name := range names {
			form := map[string]any{"email": name + "@example.org", "password": "correct horse " + name}
			h.nobody().do("POST", "/auth/signin", form).want(200)
		}
	}
}
