package server

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"quire/server/auth"
	"quire/server/mail"
	"quire/server/mail/mailtest"
	"quire/storage/memory"
	"quire/storage/sealed"
)

// withMail lets the server send letters to s, which is closed after the server.
func withMail(t *testing.T, s *mailtest.Server) func(*Config) {
	t.Helper()
	post, err := mail.New(mail.Config{Host: s.Host, Port: s.Port, From: "Quire <quire@example.org>", Security: mail.Plain})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
		defer stop()
		post.Close(ctx)
	})
	return func(c *Config) { c.Auth.Mail = post }
}

var addressInLetter = regexp.MustCompile(`(https?://\S+)/(verify|reset|confirm|i)/([A-Za-z0-9_-]+)`)

// plainText is a letter's body without soft line breaks.
func plainText(m mailtest.Mail) string {
	return strings.ReplaceAll(strings.ReplaceAll(m.Body, "=\r\n", ""), "=\n", "")
}

// code is the secret in the address that a letter holds.
func code(t *testing.T, h *house, m mailtest.Mail, page string) string {
	t.Helper()
	found := addressInLetter.FindStringSubmatch(plainText(m))
	if found == nil || found[1] != h.base || found[2] != page {
		t.Fatalf("the letter to %s holds %v, want an address %s/%s/…", m.To, found, h.base, page)
	}
	return found[3]
}

func TestAnAddressIsVerifiedByWhoIsSignedInToItsAccount(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	h := newHouse(t, withMail(t, s))
	ada := h.account("ada")
	letter := s.Next(t)
	bob := h.byLetter(t, s, "bob")
	secret := code(t, h, letter, "verify")
	if letter.To != "ada@example.org" {
		t.Errorf("the letter went to %s", letter.To)
	}
	if me := ada.do("GET", "/me", nil).want(200); me["verified"] != false || me["has_password"] != true {
		t.Errorf("before: %v", me)
	}
	h.nobody().do("POST", "/auth/verify", map[string]any{"code": secret}).problem(401, "signed-out")
	bob.do("POST", "/auth/verify", map[string]any{"code": secret}).problem(403, "other-account")
	ada.do("POST", "/auth/verify", map[string]any{"code": "nobody-made-this"}).problem(404, "code-gone")
	if got := ada.do("POST", "/me/verification", nil).want(202); got["mailed"] != true {
		t.Errorf("sent again: %v", got)
	}
	for range 2 {
		ada.do("POST", "/me/verification", nil).want(202)
	}
	if res := ada.do("POST", "/me/verification", nil); res.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	} else {
		res.problem(429, "too-many-requests")
	}
	if got := ada.do("POST", "/auth/verify", map[string]any{"code": secret}).want(200); got["verified"] != true {
		t.Errorf("verified: %v", got)
	}
	ada.do("POST", "/auth/verify", map[string]any{"code": secret}).problem(404, "code-gone")
	ada.do("POST", "/me/verification", nil).problem(409, "conflict")
	bob.do("POST", "/me/verification", nil).problem(409, "conflict")
}

func TestAnotherAddressCountsWhenItsOwnerHasAnswered(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	h := newHouse(t, withMail(t, s))
	ada := h.account("ada")
	first := code(t, h, s.Next(t), "verify")
	h.byLetter(t, s, "bob")
	change := func(email, password string) response {
		return ada.do("POST", "/me/email", map[string]any{"email": email, "password": password})
	}
	change("ada@example.com", "wrong").problem(403, "forbidden")
	change("nobody", "correct horse ada").problem(422, "invalid")
	taken := change("bob@example.org", "correct horse ada").want(200)
	free := change("ada@example.com", "correct horse ada").want(200)
	if taken["changed"] != free["changed"] || taken["mailed"] != free["mailed"] || free["changed"] != false || free["mailed"] != true {
		t.Errorf("taken %v, free %v", taken, free)
	}
	toBob, toAda := s.Next(t), s.Next(t)
	if toBob.To != "bob@example.org" || toAda.To != "ada@example.com" {
		t.Errorf("letters to %s and %s", toBob.To, toAda.To)
	}
	if me := ada.do("GET", "/me", nil).want(200); me["email"] != "ada@example.org" {
		t.Errorf("before the answer: %v", me)
	}
	ada.do("POST", "/auth/verify", map[string]any{"code": code(t, h, toBob, "verify")}).problem(409, "email-taken")
	got := ada.do("POST", "/auth/verify", map[string]any{"code": code(t, h, toAda, "verify")}).want(200)
	if got["email"] != "ada@example.com" || got["verified"] != true {
		t.Errorf("after the answer: %v", got)
	}
	if told := s.Next(t); told.To != "ada@example.org" || !strings.Contains(told.Body, "another e-mail address") {
		t.Errorf("the old address was told %s", told.Body)
	}
	ada.do("POST", "/auth/verify", map[string]any{"code": first}).problem(404, "code-gone") // it verified the old one
	h.nobody().do("POST", "/auth/signin", map[string]any{"email": "ada@example.com", "password": "correct horse ada"}).want(200)
	h.nobody().do("POST", "/auth/signin", map[string]any{"email": "ada@example.org", "password": "correct horse ada"}).problem(401, "wrong-credentials")
}

func TestWithoutMailTheServerSaysSo(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	if server := h.nobody().do("GET", "/server", nil).want(200); server["mail"] != false || server["oidc"] != nil {
		t.Errorf("server = %v", server)
	}
	for _, email := range []string{"ada@example.org", "nobody@example.org"} {
		h.nobody().do("POST", "/auth/reset-request", map[string]any{"email": email}).problem(409, "conflict")
	}
	got := ada.do("POST", "/me/email", map[string]any{"email": "ada@example.com", "password": "correct horse ada"}).want(200)
	if got["changed"] != true || got["mailed"] != false {
		t.Errorf("changed = %v", got)
	}
	if me := ada.do("GET", "/me", nil).want(200); me["email"] != "ada@example.com" || me["verified"] != false {
		t.Errorf("me = %v, want the new address, not verified", me)
	}
	fields := bob.do("POST", "/me/email", map[string]any{"email": "ADA@example.com", "password": "correct horse bob"}).problem(409, "email-taken")
	if len(fields) != 1 {
		t.Errorf("fields %v", fields)
	}
	if got := ada.do("POST", "/me/verification", nil).want(202); got["mailed"] != false {
		t.Errorf("mailed = %v", got)
	}
}

func TestAnInvitationIsMailed(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	h := newHouse(t, withMail(t, s))
	ada := h.account("ada")
	s.Next(t)
	doc := ada.document("text")
	made := ada.do("POST", "/documents/"+doc+"/invitations", map[string]any{
		"email": "bob@example.org", "role": "editor", "message": "Look\r\nBcc: eve@example.org\r\n<b>here</b>",
	}).want(201)
	letter := s.Next(t)
	if made["mailed"] != true || letter.To != "bob@example.org" || letter.Message.Header.Get("Bcc") != "" {
		t.Errorf("made %v, the letter's headers %v", made, letter.Message.Header)
	}
	if secret := code(t, h, letter, "i"); !strings.HasSuffix(made["url"].(string), "/i/"+secret) {
		t.Errorf("the letter has another address than %v", made["url"])
	}
	if strings.Contains(letter.Body, "text\r\n\r\n") && strings.Contains(letter.Body, "<b>here") {
		t.Errorf("the message was not made plain in the page: %s", letter.Body)
	}
}

// Letters must not lead to wherever the one who asked for them says they come from.
func TestLettersNeedThePublicAddress(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	var c Config
	withMail(t, s)(&c)
	if _, err := auth.New(auth.Config{Store: memory.New(), Secret: sealed.Of(testSecret), Mail: c.Auth.Mail}); err == nil {
		t.Error("letters without PUBLIC_URL")
	}
}
