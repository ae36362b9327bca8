package server

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"quire/server/mail/mailtest"
	"quire/storage"
	"quire/storage/memory"
)

// The tests of this file are about a password that is set anew by mail.

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
	fresh.do("POST", "/auth/reset", map[string]any{"code": secret, "password": "a new long password"}).problem(404, "code-gone")
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
			res.problem(404, "code-gone")
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
		h.nobody().do("POST", "/auth/reset", map[string]any{"code": secret, "password": "a thief's long password"}).problem(404, "code-gone")
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
