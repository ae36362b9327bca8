package auth

import (
	"context"
	"net/url"
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

// The work that can be felt from outside is the hash: it is done for a taken address as for a free one.
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
		f.hasher.work <- struct{}{} // all workers are at work
		for _, name := range []string{"ada", "bob"} {
			if _, err := f.SignUp(t.Context(), From{}, nil, newcomer(name)); status(err) != 503 {
				t.Errorf("mail %v: %s needed no hash: %v", mails, name, err)
			}
		}
		<-f.hasher.work
	}
}
