package server

import (
	"strings"
	"testing"
	"time"

	"quire/server/mail/mailtest"
	"quire/storage"
)

// invites has c invite somebody, and returns whether a letter goes out.
func (c *caller) invites(doc, email, message string) bool {
	c.h.t.Helper()
	made := c.do("POST", "/documents/"+doc+"/invitations", map[string]any{"email": email, "role": "viewer", "message": message}).want(201)
	return made["mailed"].(bool)
}

// Quire's letters are not for whoever has something to sell: they go out for people it knows, a few a day to one address, whoever
// sends them, and what the senders write themselves is short and marked.
func TestNobodyFillsAMailboxWithInvitations(t *testing.T) {
	s := mailtest.Start(t, false, nil)
	h := newHouse(t, func(c *Config) {
		withMail(t, s)(c)
		c.Auth.Limits.Invited = 3
	})
	h.account("admin")
	s.Next(t)
	bob, cat := h.byLetter(t, s, "bob"), h.byLetter(t, s, "cat")
	sent := 0
	for i := range 3 {
		for _, by := range []*caller{bob, cat} {
			if by.invites(by.document("x"), []string{"vic@example.com", "VIC@example.com"}[i%2], strings.Repeat("buy ", 200)+"this") {
				sent++
			}
		}
	}
	if sent != 3 {
		t.Errorf("%d letters went to one address, want 3", sent)
	}
	for range sent {
		text := plainText(s.Next(t))
		if n := strings.Count(text, "buy"); n == 0 || n > 2*75 || strings.Contains(text, "this") || !strings.Contains(text, "In their own words") {
			t.Errorf("the sender's words, %d of them: %s", n, text)
		}
	}
	if !bob.invites(bob.document("x"), "other@example.com", "") {
		t.Error("another address got none")
	}
	s.Next(t)
	eve := h.byLetter(t, s, "eve")
	nobody := time.Time{} // their address was never shown to be theirs
	if _, err := h.store.ChangeUser(t.Context(), storage.UserID(eve.id), storage.UserChange{VerifiedAt: &nobody}); err != nil {
		t.Fatal(err)
	}
	if eve.invites(eve.document("x"), "somebody@example.com", "hello") {
		t.Error("a letter went out for somebody whose address nobody knows")
	}
}
