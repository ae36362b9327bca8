package auth

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"quire/collab"
	"quire/collab/access"
)

func (f fixture) byTicketHeader(ticket string) (collab.Identity, error) {
	f.t.Helper()
	return f.ask("GET", "/", f.AuthenticateSocket, "Sec-WebSocket-Protocol", "quire, ticket."+ticket)
}

func TestATicketOpensTheSocketOnlyAndFor30Seconds(t *testing.T) {
	f := newFixture(t, nil)
	who, _ := f.account("ada")
	ticket, expires, err := f.NewTicket(who)
	if err != nil || !expires.Equal(f.clock.Now().Add(TicketLasts)) {
		t.Fatal(expires, err)
	}
	if strings.ContainsAny(ticket, `"(),/:;<=>?@[\]{} `) {
		t.Errorf("ticket %q is no token of a header", ticket)
	}
	got, err := f.byTicketHeader(ticket)
	if err != nil || got.User != who.User || got.SignIn != who.SignIn || !got.Expires.Equal(who.Expires) {
		t.Errorf("got %+v (%v), want %+v", got, err, who)
	}
	if _, err := f.ask("GET", "/", f.Authenticate, "Sec-WebSocket-Protocol", "quire, ticket."+ticket); status(err) != 401 {
		t.Errorf("a ticket signs in to REST: %v", err)
	}
	if _, err := f.ask("GET", "/", f.Authenticate, "Authorization", "Bearer "+ticket); status(err) != 401 {
		t.Errorf("a ticket passes for a token: %v", err)
	}
	for i := range ticket {
		changed := ticket[:i] + string(rune(ticket[i]^1)) + ticket[i+1:]
		if i == len(ticket)-1 { // the last character holds bits that mean nothing
			break
		}
		if _, err := f.byTicketHeader(changed); err == nil {
			t.Fatalf("the ticket counts with byte %d changed", i)
		}
	}
	f.clock.move(TicketLasts)
	if _, err := f.byTicketHeader(ticket); status(err) != 401 {
		t.Errorf("after 30 s: %v, want 401", err)
	}
}

func TestW9ATicketEndsWithItsSignIn(t *testing.T) {
	f := newFixture(t, nil)
	who, _ := f.account("ada")
	ticket, _, err := f.NewTicket(who)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.EndSignIn(context.Background(), From{}, who.User, who.User, who.SignIn); err != nil {
		t.Fatal(err)
	}
	if _, err := f.byTicketHeader(ticket); status(err) != 401 {
		t.Errorf("after signing out: %v, want 401", err)
	}
}

func TestATicketOfATokenCarriesItsClaimsAndItsEnd(t *testing.T) {
	f := newFixture(t, withTokens)
	user, err := f.subject(context.Background(), tokenClaims{Name: "Ada", RegisteredClaims: jwt.RegisteredClaims{Issuer: "https://app", Subject: "7"}})
	if err != nil {
		t.Fatal(err)
	}
	who := collab.Identity{User: user.ID, Expires: f.clock.Now().Add(10 * time.Second), Claims: map[string]access.Role{"plan": access.Viewer}}
	ticket, _, err := f.NewTicket(who)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.byTicketHeader(ticket)
	if err != nil || got.Application != "https://app" || got.Claims["plan"] != access.Viewer || len(got.Claims) != 1 || !got.Expires.Equal(who.Expires) {
		t.Errorf("got %+v (%v)", got, err)
	}
	who.Claims = map[string]access.Role{}
	if ticket, _, err = f.NewTicket(who); err != nil {
		t.Fatal(err)
	}
	if got, err := f.byTicketHeader(ticket); err != nil || got.Claims == nil {
		t.Errorf("no claims became %v (%v): that is an account's, and unbounded", got.Claims, err)
	}
	f.clock.move(10 * time.Second)
	if _, err := f.byTicketHeader(ticket); status(err) != 401 {
		t.Errorf("after the token's end: %v, want 401", err)
	}
}

func TestSecretsOfOnePurposeDoNotServeAnother(t *testing.T) {
	f := newFixture(t, nil)
	seen := map[string]bool{}
	for _, p := range []purpose{forTicket, forLink, forSetup} {
		mac := string(f.sign(p, []byte("same")))
		if seen[mac] {
			t.Errorf("purpose %q signs like another", p)
		}
		seen[mac] = true
	}
}
