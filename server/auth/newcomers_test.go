package auth

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"quire/server/mail"
	"quire/server/mail/mailtest"
)

// withPost sends letters to a mail server that the test looks into.
func withPost(t *testing.T) (func(*Config), *mailtest.Server) {
	t.Helper()
	s := mailtest.Start(t, false, nil)
	post, err := mail.New(mail.Config{Host: s.Host, Port: s.Port, From: "q@example.org", Security: mail.Plain})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
		defer stop()
		post.Close(ctx)
	})
	return func(c *Config) { c.Mail, c.PublicURL = post, &url.URL{Scheme: "http", Host: "quire.example.org"} }, s
}

// The work that can be felt from outside is the hash: without mail it is done for a taken address as for a free one, with
// mail for neither.
func TestATakenAddressIsHashedForToo(t *testing.T) {
	for _, mails := range []bool{true, false} {
		send, _ := withPost(t)
		f := newFixture(t, func(c *Config) {
			c.Hash = HashConfig{Memory: 64, Passes: 1, Workers: 1, Wait: time.Millisecond}
			if mails {
				send(c)
			}
		})
		f.account("ada")
		leave, err := f.hasher.enter(t.Context(), stranger("busy")) // all workers are at work
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"ada", "bob"} {
			if _, err := f.SignUp(t.Context(), From{}, nil, newcomer(name)); (status(err) == 503) == mails {
				t.Errorf("mail %v: %s: %v", mails, name, err)
			}
		}
		leave()
	}
}

// A letter counts for three days from when it was written, however many were asked for since; what somebody changed in it
// counts for nothing.
func TestALetterOfANewAccountEndsByItsTimeAlone(t *testing.T) {
	send, box := withPost(t)
	f := newFixture(t, send)
	f.account("ada")
	box.Next(t)
	ask := func() string {
		t.Helper()
		if _, err := f.SignUp(t.Context(), From{}, nil, NewAccount{Email: "bob@example.org"}); err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer("=\r\n", "", "=\n", "").Replace(box.Next(t).Body)
		_, code, _ := strings.Cut(text, "/confirm/")
		code, _, _ = strings.Cut(code, "\n")
		code = strings.TrimSpace(code)
		return code
	}
	first := ask()
	for range 60 { // whoever asks for more does not end it
		f.clock.move(11 * time.Minute)
		ask()
	}
	changed := []byte(first)
	changed[20] ^= 1
	for _, bad := range []string{"", "x", string(changed), first + "A", first[:40]} {
		if _, err := f.LookAtNewcomer(t.Context(), From{}, nil, bad); status(err) != 404 {
			t.Errorf("%q: %v", bad, err)
		}
	}
	f.clock.move(newcomerLasts - 660*time.Minute - time.Second)
	if n, err := f.LookAtNewcomer(t.Context(), From{}, nil, first); err != nil || n.Email != "bob@example.org" {
		t.Errorf("before its end: %+v, %v", n, err)
	}
	f.clock.move(time.Second)
	if _, err := f.LookAtNewcomer(t.Context(), From{}, nil, first); status(err) != 404 {
		t.Errorf("at its end: %v", err)
	}
}
