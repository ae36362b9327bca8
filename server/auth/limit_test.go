package auth

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// guesser is a fixture with bounds that are soon reached.
func guesser(t *testing.T) fixture {
	f := newFixture(t, func(c *Config) {
		c.Limits = LimitConfig{
			AddressBurst: 5, AddressEvery: time.Second, AccountBurst: 3, AccountEvery: 10 * time.Second,
			LaneBurst: 8, LaneEvery: 20 * time.Second,
		}
	})
	f.account("ada")
	f.account("bob")
	return f
}

// guess tries a wrong password n times.
func (f fixture) guess(n int, from From, email string, wants int) {
	f.t.Helper()
	for i := range n {
		if _, _, err := f.SignIn(context.Background(), from, email, "wrong"); status(err) != wants {
			f.t.Fatalf("guess %d from %s at %s: %v, want %d", i, from.Address, email, err, wants)
		}
	}
}

func TestGuessesFromOneNetworkKeepNobodyElseOut(t *testing.T) {
	ctx := context.Background()
	f := guesser(t)
	f.guess(3, From{Address: "198.51.100.1"}, "ADA@example.org", 401)
	_, _, err := f.SignIn(ctx, From{Address: "198.51.100.1"}, "ada@example.org", "correct horse ada")
	if status(err) != 429 || !strings.Contains(err.Error(), "Wait 10 seconds.") {
		t.Errorf("the network's fourth: %v, want 429 and how long to wait", err)
	}
	if _, _, err := f.SignIn(ctx, From{Address: "198.51.100.2"}, "ada@example.org", "correct horse ada"); err != nil {
		t.Errorf("the owner from another network: %v", err)
	}
	f.clock.move(10 * time.Second)
	for range 4 { // right ones do not count
		if _, _, err := f.SignIn(ctx, From{Address: "198.51.100.1"}, "ada@example.org", "correct horse ada"); err != nil {
			t.Fatalf("after the wait: %v", err)
		}
	}
	for i := range 5 { // of IPv6, 64 bits are one network
		f.guess(1, From{Address: fmt.Sprintf("2001:db8:1:2::%d", i)}, fmt.Sprintf("x%d@example.org", i), 401)
	}
	if _, _, err := f.SignIn(ctx, From{Address: "2001:db8:1:2::9"}, "bob@example.org", "correct horse bob"); status(err) != 429 {
		t.Errorf("the network's sixth: %v, want 429", err)
	}
}

// Whoever guesses from everywhere is slowed down, and the owner's own browser still gets in.
func TestGuessesFromEverywhereDoNotLockTheOwnersBrowserOut(t *testing.T) {
	ctx := context.Background()
	f := guesser(t)
	_, proof, err := f.SignIn(ctx, From{Address: "203.0.113.1"}, "ada@example.org", "correct horse ada")
	if err != nil || proof.Browser == "" {
		t.Fatalf("no mark for the browser: %v", err)
	}
	for i := range 8 {
		f.guess(1, From{Address: fmt.Sprintf("198.51.100.%d", i)}, "ada@example.org", 401)
	}
	f.guess(1, From{Address: "198.51.100.200"}, "ada@example.org", 429)
	f.guess(1, From{Address: "198.51.100.200"}, "bob@example.org", 401)
	own := From{Address: "203.0.113.1", Browser: proof.Browser}
	if _, again, err := f.SignIn(ctx, own, "ada@example.org", "correct horse ada"); err != nil || again.Browser != "" {
		t.Errorf("the owner's browser: %v, a new mark: %q", err, again.Browser)
	}
	f.guess(3, own, "ada@example.org", 401) // the mark is no key: guesses with it are counted as well
	f.guess(1, own, "ada@example.org", 429)
	_, bobs, err := f.SignIn(ctx, From{Address: "203.0.113.2"}, "bob@example.org", "correct horse bob")
	if err != nil {
		t.Fatal(err)
	}
	for name, mark := range map[string]string{
		"of another account": bobs.Browser, "changed": proof.Browser[:len(proof.Browser)-2] + "AA",
		"another's name over it": strings.Replace(bobs.Browser, strings.Split(bobs.Browser, ".")[0], strings.Split(proof.Browser, ".")[0], 1),
		"nonsense":               "a.b.c", "empty": "..",
	} {
		if _, _, err := f.SignIn(ctx, From{Address: "203.0.113.3", Browser: mark}, "ada@example.org", "correct horse ada"); status(err) != 429 {
			t.Errorf("a mark %s: %v, want 429", name, err)
		}
	}
}

// Guesses with a stolen cookie are counted for that sign-in, and do not keep the owner from signing in.
func TestGuessesBySomebodySignedInAreTheirOwn(t *testing.T) {
	ctx := context.Background()
	f := guesser(t)
	user, err := f.AccountOf(ctx, "ada@example.org")
	if err != nil {
		t.Fatal(err)
	}
	signIns, err := f.SignIns(ctx, user.ID)
	if err != nil {
		t.Fatal(err)
	}
	thief := identify(user, signIns[0])
	for range 3 {
		if err := f.ChangePassword(ctx, From{}, thief, "wrong", "a long enough password"); status(err) != 403 {
			t.Fatal(err)
		}
	}
	if err := f.ChangePassword(ctx, From{}, thief, "correct horse ada", "a long enough password"); status(err) != 429 {
		t.Errorf("the fourth: %v, want 429", err)
	}
	if _, _, err := f.SignIn(ctx, From{Address: "203.0.113.1"}, "ada@example.org", "correct horse ada"); err != nil {
		t.Errorf("the owner: %v", err)
	}
}
