package auth

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// flood tries wrong passwords, 40 at a time, each from an address of its own, until the returned function is called, which waits.
func (f fixture) flood(answered func(n, status int)) (end func()) {
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				from := From{Address: fmt.Sprintf("10.%d.%d.%d", i, n/250, n%250)}
				_, _, err := f.SignIn(ctx, from, fmt.Sprintf("nobody%d@example.org", i), "a wrong password")
				answered(n, status(err))
			}
		})
	}
	return func() { stop(); all.Wait() }
}

// flooded is a fixture whose hasher is kept busy by strangers until the test ends: a queue of 16, for 40 who try at once.
func flooded(t *testing.T) (fixture, Proof) {
	f := newFixture(t, func(c *Config) {
		c.Hash = HashConfig{Memory: 1024, Passes: 1, Workers: 1, Queue: 16}
		c.Limits = LimitConfig{AccountBurst: 1e6, LaneBurst: 1e9}
	})
	_, proof := f.account("ada")
	var once sync.Once
	full := make(chan struct{})
	t.Cleanup(f.flood(func(_, status int) {
		if status == 503 {
			once.Do(func() { close(full) })
		}
	}))
	select {
	case <-full:
	case <-time.After(10 * time.Second):
		t.Fatal("the hasher was never full")
	}
	return f, proof
}

// While strangers fill the hasher's queue, whoever is known does not notice: in a known browser, or signed in.
func TestAKnownBrowserSignsInAtOnceUnderAFlood(t *testing.T) {
	f, proof := flooded(t)
	for range 20 {
		began := time.Now()
		_, _, err := f.SignIn(t.Context(), From{Address: "203.0.113.1", Browser: proof.Browser}, "ada@example.org", "correct horse ada")
		if err != nil || time.Since(began) > 2*time.Second {
			t.Fatalf("after %v: %v", time.Since(began), err)
		}
	}
	who, err := f.ask("GET", "/", f.Authenticate, "Cookie", cookieSignIn+"="+proof.Token)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.ChangePassword(t.Context(), From{}, who, "correct horse ada", "a new long password"); err != nil {
		t.Errorf("a signed-in person's change of password: %v", err)
	}
}

// A right password from an address that nobody knows is refused at most until all that were there before had their turn.
func TestARightPasswordFromANewAddressIsNotStarved(t *testing.T) {
	f, _ := flooded(t)
	for i := range 3 {
		from := From{Address: fmt.Sprintf("203.0.113.%d", i)}
		began := time.Now()
		tries := 0
		for ; ; tries++ {
			_, _, err := f.SignIn(t.Context(), from, "ada@example.org", "correct horse ada")
			if err == nil {
				break
			}
			if status(err) != 503 || time.Since(began) > 10*time.Second {
				t.Fatalf("try %d after %v: %v", tries, time.Since(began), err)
			}
			f.clock.move(2 * time.Second) // as Retry-After says
			time.Sleep(20 * time.Millisecond)
		}
		t.Logf("in after %d refusals, %v", tries, time.Since(began))
	}
}

// Strangers in the same network as a known browser do not use up its tries.
func TestAKnownBrowserIsNotCountedByItsAddress(t *testing.T) {
	f := guesser(t)
	_, proof, err := f.SignIn(t.Context(), From{Address: "203.0.113.1"}, "ada@example.org", "correct horse ada")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		f.guess(1, From{Address: "203.0.113.1"}, fmt.Sprintf("x%d@example.org", i), 401)
	}
	f.guess(1, From{Address: "203.0.113.1", Browser: "planted.planted.planted"}, "x@example.org", 429)
	own := From{Address: "203.0.113.1", Browser: proof.Browser}
	if _, _, err := f.SignIn(t.Context(), own, "ada@example.org", "correct horse ada"); err != nil {
		t.Error(err)
	}
	f.guess(1, own, "bob@example.org", 429) // known to its own account only
}

// A change of the password makes the account forget its browsers but the one in which it was changed.
func TestAChangedPasswordForgetsTheBrowsers(t *testing.T) {
	f := newFixture(t, nil)
	who, proof := f.account("ada")
	user, err := f.AccountOf(t.Context(), "ada@example.org")
	if err != nil || f.knows(user, proof.Browser) == "" {
		t.Fatalf("a fresh mark is not known: %v", err)
	}
	_, bobs := f.account("bob")
	both := f.newBrowser(user, bobs.Browser)
	bob, err := f.AccountOf(t.Context(), "bob@example.org")
	if err != nil || f.knows(user, both) == "" || f.knows(bob, both) == "" {
		t.Fatalf("a browser of two accounts is known to one: %v", err)
	}
	if err := f.ChangePassword(t.Context(), From{}, who, "correct horse ada", "a new long password"); err != nil {
		t.Fatal(err)
	}
	if user, err = f.AccountOf(t.Context(), "ada@example.org"); err != nil || f.knows(user, both) != "" || f.knows(bob, both) == "" {
		t.Errorf("after the change the mark is known, or the other account's is not: %v", err)
	}
	f.clock.move(2 * touchEvery)
	marked := "" // the browser that stayed signed in is known again once it is used
	f.inside(func(c *fiber.Ctx) {
		if _, err := f.Authenticate(c); err != nil {
			t.Fatal(err)
		}
		marked = string(c.Response().Header.PeekCookie(cookieDevice))
	}, "Cookie", cookieSignIn+"="+proof.Token)
	marked, _, _ = strings.Cut(strings.TrimPrefix(marked, cookieDevice+"="), ";")
	if f.knows(user, marked) == "" {
		t.Errorf("not known again: %q", marked)
	}
}

// arrive puts by in line, and returns where it is told whether they were served.
func arrive(l *line, by asker) chan bool {
	served := make(chan bool, 1)
	before := waitingIn(l)
	go func() {
		_, ok := l.enter(context.Background(), by)
		served <- ok
	}()
	for len(served) == 0 && waitingIn(l) == before {
		time.Sleep(time.Millisecond)
		if before == 2 { // full: the number stays
			time.Sleep(20 * time.Millisecond)
			break
		}
	}
	return served
}

func waitingIn(l *line) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.known.waiting) + len(l.strangers.waiting)
}

// Who was refused keeps the place: coming again, they go before all who came after their first try.
func TestARefusedStrangerKeepsThePlace(t *testing.T) {
	l := newLine(1, 2, time.Minute)
	serve := func(who chan bool, name string, want bool) {
		t.Helper()
		select {
		case ok := <-who:
			if ok != want {
				t.Fatalf("%s: served %v, want %v", name, ok, want)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s waits for ever", name)
		}
	}
	serve(arrive(l, stranger("a")), "the first", true)
	b, c := arrive(l, stranger("b")), arrive(l, stranger("c"))
	serve(arrive(l, stranger("n")), "one too many", false)
	l.leave()
	serve(b, "b", true)
	d := arrive(l, stranger("d"))
	n := arrive(l, stranger("n"))
	serve(d, "who came later", false)
	l.leave()
	serve(c, "c", true)
	l.leave()
	serve(n, "who came again", true)
	more := arrive(l, stranger("n")) // served, they begin anew: behind e
	e := arrive(l, stranger("e"))
	l.leave()
	serve(more, "n", true)
	again := arrive(l, stranger("n"))
	l.leave()
	serve(e, "e", true)
	known := []chan bool{arrive(l, knownAs("x"))}
	for range knownTurns { // known ones go first, but not for ever
		l.leave()
		serve(known[0], "a known one", true)
		known[0] = arrive(l, knownAs("x"))
	}
	l.leave()
	serve(again, "a stranger after three known ones", true)
}
