package server

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"quire/server/auth"
	"quire/server/mail"
	"quire/server/mail/mailtest"
	"quire/storage"
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

var addressInLetter = regexp.MustCompile(`(https?://\S+)/(verify|reset|i)/([A-Za-z0-9_-]+)`)

// code is the secret in the address that a letter holds.
func code(t *testing.T, h *house, m mailtest.Mail, page string) string {
	t.Helper()
	text := strings.ReplaceAll(strings.ReplaceAll(m.Body, "=\r\n", ""), "=\n", "") // soft line breaks
	found := addressInLetter.FindStringSubmatch(text)
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
	bob := h.account("bob")
	s.Next(t)
	secret := code(t, h, letter, "verify")
	if letter.To != "ada@example.org" {
		t.Errorf("the letter went to %s", letter.To)
	}
	if me := ada.do("GET", "/me", nil).want(200); me["verified"] != false || me["has_password"] != true {
		t.Errorf("before: %v", me)
	}
	h.nobody().do("POST", "/auth/verify", map[string]any{"code": secret}).problem(401, "signed-out")
	bob.do("POST", "/auth/verify", map[string]any{"code": secret}).problem(403, "forbidden")
	ada.do("POST", "/auth/verify", map[string]any{"code": "nobody-made-this"}).problem(404, "not-found")
	if got := ada.do("POST", "/auth/verify", map[string]any{"code": secret}).want(200); got["verified"] != true {
		t.Errorf("verified: %v", got)
	}
	ada.do("POST", "/auth/verify", map[string]any{"code": secret}).problem(404, "not-found")
	ada.do("POST", "/me/verification", nil).problem(409, "conflict")
	if got := bob.do("POST", "/me/verification", nil).want(202); got["mailed"] != true {
		t.Errorf("sent again: %v", got)
	}
	for range 2 {
		bob.do("POST", "/me/verification", nil).want(202)
	}
	if res := bob.do("POST", "/me/verification", nil); res.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	} else {
		res.problem(429, "too-many-requests")
	}
}

// W9: a reset by mail ends everything that was signed in, sockets and API tokens too, at once.
func TestW9AResetByMailEndsEverySignIn(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	h := newHouse(t, withMail(t, s))
	ada := h.account("ada")
	s.Next(t)
	doc := ada.document("text")
	browser := ada.subscribed(t, doc)
	token := ada.token("write")
	byToken := token.subscribed(t, doc)
	res := h.nobody().do("POST", "/auth/reset-request", map[string]any{"email": "ADA@example.org"})
	res.want(202)
	secret := code(t, h, s.Next(t), "reset")
	fresh := h.nobody()
	fresh.do("POST", "/auth/reset", map[string]any{"code": secret, "password": "short"}).problem(422, "invalid")
	got := fresh.do("POST", "/auth/reset", map[string]any{"code": secret, "password": "a new long password"}).want(200)
	if got["id"] != ada.id || got["verified"] != true {
		t.Errorf("the letter's reader is %v", got)
	}
	for name, l := range map[string]*line{"the browser's": browser, "the token's": byToken} {
		if end := l.closed(); end != 4500 {
			t.Errorf("%s socket ended with %d, want 4500", name, end)
		}
	}
	ada.do("GET", "/me", nil).problem(401, "signed-out")
	token.do("GET", "/documents", nil).problem(401, "signed-out")
	fresh.do("GET", "/me", nil).want(200)
	fresh.do("POST", "/auth/reset", map[string]any{"code": secret, "password": "a new long password"}).problem(404, "not-found")
	h.nobody().do("POST", "/auth/signin", map[string]any{"email": "ada@example.org", "password": "correct horse ada"}).problem(401, "wrong-credentials")
	h.nobody().do("POST", "/auth/signin", map[string]any{"email": "ada@example.org", "password": "a new long password"}).want(200)
}

// meeting is a store at which so many who look at a code wait for each other.
type meeting struct {
	*memory.Store
	missing atomic.Int64
	met     chan struct{}
}

func (m *meeting) Code(ctx context.Context, hash []byte, purpose string, now time.Time) (storage.Code, error) {
	c, err := m.Store.Code(ctx, hash, purpose, now)
	if m.missing.Add(-1) == 0 {
		close(m.met)
	}
	<-m.met
	return c, err
}

// W9: the address in a letter is good once, also for two who open it in the same instant.
func TestW9OfManyWhoUseAResetOneGetsIn(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	store := &meeting{Store: memory.New(), met: make(chan struct{})}
	store.missing.Store(3)
	h := openHouse(t, store, withMail(t, s))
	h.account("ada")
	s.Next(t)
	h.nobody().do("POST", "/auth/reset-request", map[string]any{"email": "ada@example.org"}).want(202)
	secret := code(t, h, s.Next(t), "reset")
	answers := make(chan response)
	for range 3 {
		go func() {
			answers <- h.nobody().do("POST", "/auth/reset", map[string]any{"code": secret, "password": "a new long password"})
		}()
	}
	won := 0
	for range 3 {
		if res := <-answers; res.status == 200 {
			won++
		} else {
			res.problem(404, "not-found")
		}
	}
	if won != 1 {
		t.Errorf("%d got in, want one", won)
	}
}

// counting is a store that counts what is asked of it about accounts.
type counting struct {
	*memory.Store
	asked atomic.Int64
}

func (c *counting) UserByEmail(ctx context.Context, email string) (storage.User, error) {
	c.asked.Add(1)
	return c.Store.UserByEmail(ctx, email)
}

func (c *counting) CreateCode(ctx context.Context, code storage.Code) error {
	c.asked.Add(1)
	return c.Store.CreateCode(ctx, code)
}

// Whether there is an account can be told neither from the answer nor from the work it took: that is done when the letter's
// turn comes, whoever asked.
func TestAResetIsAnsweredAlikeWhetherThereIsAnAccount(t *testing.T) {
	hold := make(chan struct{})
	s := mailtest.Start(t, false, func(to string, n int) string {
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
	for _, email := range []string{"ada@example.org", "nobody@example.org"} {
		res := h.nobody().do("POST", "/auth/reset-request", map[string]any{"email": email})
		res.want(202)
		answers = append(answers, res)
	}
	if n := store.asked.Load(); n != 0 {
		t.Errorf("the store was asked %d times before the answer", n)
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
	if m := s.Next(t); m.To != "ada@example.org" {
		t.Errorf("a letter went to %s", m.To)
	}
	for range 5 { // more than a mailbox should get: still the same answer, no letter
		h.nobody().do("POST", "/auth/reset-request", map[string]any{"email": "ada@example.org"}).want(202)
	}
	s.Next(t)
	s.Next(t)
	if h.stop(); !s.None() {
		t.Error("more letters than three went to one mailbox, or one to nobody")
	}
}

func sameHeader(a, b http.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if a.Get(name) != b.Get(name) {
			return false
		}
	}
	return true
}

func TestAnotherAddressCountsWhenItsOwnerHasAnswered(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	h := newHouse(t, withMail(t, s))
	ada := h.account("ada")
	first := code(t, h, s.Next(t), "verify")
	h.account("bob")
	s.Next(t)
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
	ada.do("POST", "/auth/verify", map[string]any{"code": code(t, h, toBob, "verify")}).problem(409, "conflict")
	got := ada.do("POST", "/auth/verify", map[string]any{"code": code(t, h, toAda, "verify")}).want(200)
	if got["email"] != "ada@example.com" || got["verified"] != true {
		t.Errorf("after the answer: %v", got)
	}
	if told := s.Next(t); told.To != "ada@example.org" || !strings.Contains(told.Body, "another e-mail address") {
		t.Errorf("the old address was told %s", told.Body)
	}
	ada.do("POST", "/auth/verify", map[string]any{"code": first}).problem(404, "not-found") // it verified the old one
	h.nobody().do("POST", "/auth/signin", map[string]any{"email": "ada@example.com", "password": "correct horse ada"}).want(200)
	h.nobody().do("POST", "/auth/signin", map[string]any{"email": "ada@example.org", "password": "correct horse ada"}).problem(401, "wrong-credentials")
}

// W9: what was mailed before to open an account with opens it no more once its owner has another address, or another password.
func TestW9OlderLettersOpenNothing(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	h := newHouse(t, withMail(t, s))
	ada := h.account("ada")
	s.Next(t)
	reset := func(email string) (secret string) {
		h.nobody().do("POST", "/auth/reset-request", map[string]any{"email": email}).want(202)
		return code(t, h, s.Next(t), "reset")
	}
	opensNothing := func(secret string) {
		t.Helper()
		h.nobody().do("POST", "/auth/reset", map[string]any{"code": secret, "password": "a thief's long password"}).problem(404, "not-found")
	}
	old := reset("ada@example.org")
	ada.do("POST", "/me/email", map[string]any{"email": "ada@example.com", "password": "correct horse ada"}).want(200)
	ada.do("POST", "/auth/verify", map[string]any{"code": code(t, h, s.Next(t), "verify")}).want(200)
	if told := s.Next(t); told.To != "ada@example.org" {
		t.Errorf("%s was told, want the old address", told.To)
	}
	opensNothing(old)
	old = reset("ada@example.com")
	ada.do("POST", "/me/password", map[string]any{"current": "correct horse ada", "new": "a new long password"}).want(204)
	opensNothing(old)
	h.nobody().do("POST", "/auth/signin", map[string]any{"email": "ada@example.com", "password": "a new long password"}).want(200)
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
	fields := bob.do("POST", "/me/email", map[string]any{"email": "ADA@example.com", "password": "correct horse bob"}).problem(409, "conflict")
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
