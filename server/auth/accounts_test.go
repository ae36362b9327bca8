package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quire/collab"
	"quire/storage"
)

func newcomer(name string) NewAccount {
	return NewAccount{Name: name, Email: name + "@example.org", Password: "correct horse " + name}
}

func TestTheFirstAccountNeedsTheSetupCodeUnlessOnLoopback(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t, func(c *Config) { c.Loopback = false })
	code, err := f.SetupCode(ctx)
	if err != nil || len(code) < 20 {
		t.Fatal(code, err)
	}
	if again, err := f.SetupCode(ctx); err != nil || again != code {
		t.Errorf("asked again, the code is %q (%v), want the same", again, err)
	}
	if half, err := f.store.Setting(ctx, setupKey); err != nil || strings.Contains(string(half), code) {
		t.Errorf("the store holds the code: %q (%v)", half, err)
	}
	for _, wrong := range []string{"", "wrong", code[:len(code)-1], strings.ToUpper(code) + "x"} {
		in := newcomer("ada")
		in.SetupCode = wrong
		if _, _, err := f.signUp(ctx, From{}, nil, in); status(err) != 403 {
			t.Errorf("with code %q: %v, want 403", wrong, err)
		}
	}
	in := newcomer("ada")
	in.SetupCode = code
	user, _, err := f.signUp(ctx, From{}, nil, in)
	if err != nil || !user.Admin {
		t.Fatalf("user %+v (%v), want the administrator", user, err)
	}
	in = newcomer("mallory")
	in.SetupCode = code
	if _, _, err := f.signUp(ctx, From{}, nil, in); status(err) != 409 {
		t.Errorf("the code used again: %v, want 409", err)
	}
	if code, err := f.SetupCode(ctx); err != nil || code != "" {
		t.Errorf("after set-up there is the code %q (%v), want none", code, err)
	}
	second, _, err := f.signUp(ctx, From{}, nil, newcomer("bob"))
	if err != nil || second.Admin {
		t.Errorf("the second account is %+v (%v), want one like any other", second, err)
	}
}

func TestOfManyFirstAccountsOneWins(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t, func(c *Config) { c.Loopback = false; c.Signup = SignupClosed })
	code, err := f.SetupCode(ctx)
	if err != nil {
		t.Fatal(err)
	}
	const n = 12
	var wg sync.WaitGroup
	statuses := make([]int, n)
	for i := range n {
		wg.Go(func() {
			in := newcomer(fmt.Sprintf("first%d", i))
			in.SetupCode = code
			_, _, err := f.signUp(ctx, From{Address: in.Name}, nil, in)
			statuses[i] = status(err)
		})
	}
	wg.Wait()
	won := 0
	for _, s := range statuses {
		switch s {
		case 0:
			won++
		case 409:
		default:
			t.Errorf("status %d, want success or 409", s)
		}
	}
	if won != 1 {
		t.Errorf("%d administrators, want 1: %v", won, statuses)
	}
}

func TestSignupModes(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		mode              SignupMode
		stranger, asGuest int
	}{{SignupOpen, 0, 0}, {SignupInvite, 403, 0}, {SignupClosed, 403, 403}} {
		t.Run(string(c.mode), func(t *testing.T) {
			f := newFixture(t, func(cfg *Config) { cfg.Signup = c.mode })
			f.account("admin")
			if _, _, err := f.signUp(ctx, From{}, nil, newcomer("bob")); status(err) != c.stranger {
				t.Errorf("a stranger: %v, want %d", err, c.stranger)
			}
			user, proof, err := f.NewGuest(ctx, From{}, "Tomás", nil)
			if err != nil {
				t.Fatal(err)
			}
			guest := collab.Identity{User: user.ID, Guest: true}
			account, next, err := f.signUp(ctx, From{}, &guest, newcomer("tomas"))
			if status(err) != c.asGuest {
				t.Fatalf("a guest: %v, want %d", err, c.asGuest)
			}
			if err != nil {
				return
			}
			if account.ID != user.ID || account.Guest || next.Token == proof.Token {
				t.Errorf("the guest %s became %+v, want the same person with a new sign-in", user.ID, account)
			}
			if _, err := f.ask("GET", "/", f.Authenticate, "Cookie", cookieSignIn+"="+proof.Token); status(err) != 401 {
				t.Errorf("the guest's cookie holds the account: %v", err)
			}
		})
	}
}

func TestAnEmailHasOneAccountWhateverTheCase(t *testing.T) {
	f := newFixture(t, nil)
	f.account("ada")
	in := newcomer("x")
	in.Email = "ADA@Example.org"
	if _, _, err := f.signUp(context.Background(), From{}, nil, in); status(err) != 409 {
		t.Errorf("got %v, want 409", err)
	}
}

func TestWhatAnAccountNeeds(t *testing.T) {
	f := newFixture(t, nil)
	for _, c := range []struct {
		name   string
		change func(*NewAccount)
		field  string
	}{
		{"short password", func(a *NewAccount) { a.Password = "ninechars" }, "body.password"},
		{"ten bytes, five characters", func(a *NewAccount) { a.Password = "ööööö" }, "body.password"},
		{"no name", func(a *NewAccount) { a.Name = " \u200b " }, "body.name"},
		{"long name", func(a *NewAccount) { a.Name = strings.Repeat("n", 101) }, "body.name"},
		{"no address", func(a *NewAccount) { a.Email = "ada" }, "body.email"},
		{"address with a name", func(a *NewAccount) { a.Email = "Ada <ada@example.org>" }, "body.email"},
		{"long address", func(a *NewAccount) { a.Email = strings.Repeat("a", 250) + "@x.org" }, "body.email"},
	} {
		in := newcomer("ada")
		c.change(&in)
		_, _, err := f.signUp(context.Background(), From{}, nil, in)
		if status(err) != 422 || !strings.Contains(fmt.Sprintf("%+v", fields(err)), c.field) {
			t.Errorf("%s: %v %v, want 422 at %s", c.name, err, fields(err), c.field)
		}
	}
}

func TestNamesAreOneVisibleLine(t *testing.T) {
	for given, want := range map[string]string{
		" Ada \t Lovelace\n": "Ada Lovelace", "A\x00d\u202ea": "A\uFFFDda", "👩\u200d💻": "👩\u200d💻", "\u2066Ada\u2069": "Ada",
	} {
		if got, err := CheckName(given, "name"); err != nil || got != want {
			t.Errorf("CheckName(%q) = %q, %v, want %q", given, got, err, want)
		}
	}
}

func TestUnknownEmailAndWrongPasswordAreAnsweredAlike(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t, nil)
	f.account("ada")
	if _, _, err := f.NewGuest(ctx, From{}, "Guest", nil); err != nil {
		t.Fatal(err)
	}
	_, _, unknown := f.SignIn(ctx, From{}, "nobody@example.org", "correct horse ada")
	_, _, wrong := f.SignIn(ctx, From{}, "ada@example.org", "wrong horse")
	_, _, empty := f.SignIn(ctx, From{}, "", "correct horse ada")
	if status(unknown) != 401 || unknown.Error() != wrong.Error() || empty.Error() != wrong.Error() {
		t.Errorf("unknown: %v\nwrong: %v\nempty: %v\nwant one answer", unknown, wrong, empty)
	}
	if _, proof, err := f.SignIn(ctx, From{}, "Ada@Example.ORG", "correct horse ada"); err != nil || proof.Token == "" {
		t.Errorf("the right one: %v", err)
	}
	if _, _, err := f.SignIn(ctx, From{}, "ada@example.org", "correct horse ada"+strings.Repeat("x", 5000)); status(err) != 401 {
		t.Errorf("a password of 5,000 bytes: %v", err)
	}
}

// Unknown e-mails cost a hash like known ones do: both are counted at the hasher, no time is measured.
func TestAnUnknownEmailTakesTheSameWork(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t, func(c *Config) { c.Hash.Workers, c.Hash.Queue, c.Hash.Wait = 1, 1, time.Millisecond })
	f.account("ada")
	leave, err := f.hasher.enter(ctx, stranger("busy")) // nobody else can hash now
	if err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"ada@example.org", "nobody@example.org"} {
		if _, _, err := f.SignIn(ctx, From{}, email, "correct horse ada"); status(err) != 503 {
			t.Errorf("%s with the hasher busy: %v, want 503", email, err)
		}
	}
	leave()
	if _, _, err := f.SignIn(ctx, From{}, "ada@example.org", "correct horse ada"); err != nil {
		t.Errorf("with the hasher free again: %v", err)
	}
}

func TestP8TheMemoryOfTriesIsBounded(t *testing.T) {
	c := newClock()
	b := newBuckets(2, time.Second, 100, c.Now)
	b.take("kept")
	b.take("kept")
	for i := range 100_000 {
		b.take(fmt.Sprint(i))
		if i%20 == 0 {
			if _, ok := b.take("kept"); ok {
				t.Fatal("a key in use was forgotten")
			}
			b.put("kept", b.filled("kept")) // tried again and again, it stays among the young
		}
	}
	if n := len(b.young) + len(b.older); n > 101 {
		t.Errorf("%d keys remembered, want at most 100", n)
	}
}

func TestChangingAPasswordEndsTheOtherSignIns(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t, nil)
	who, _ := f.account("ada")
	_, other, err := f.SignIn(ctx, From{}, "ada@example.org", "correct horse ada")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.ChangePassword(ctx, From{}, who, "wrong", "a new long password"); status(err) != 403 {
		t.Errorf("with a wrong one: %v, want 403", err)
	}
	if err := f.ChangePassword(ctx, From{}, who, "correct horse ada", "short"); status(err) != 422 {
		t.Errorf("to a short one: %v, want 422", err)
	}
	if err := f.ChangePassword(ctx, From{}, who, "correct horse ada", "a new long password"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ask("GET", "/", f.Authenticate, "Cookie", cookieSignIn+"="+other.Token); status(err) != 401 {
		t.Errorf("the other sign-in: %v, want 401", err)
	}
	if len(f.ears.ended) != 1 || f.ears.ended[0] == who.SignIn {
		t.Errorf("live sessions of %v were ended, want the other's", f.ears.ended)
	}
	if _, _, err := f.SignIn(ctx, From{}, "ada@example.org", "a new long password"); err != nil {
		t.Error(err)
	}
}

func TestSignInsSlideAndEnd(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t, nil)
	who, proof := f.account("ada")
	ask := func() error {
		_, err := f.ask("GET", "/", f.Authenticate, "Cookie", cookieSignIn+"="+proof.Token)
		return err
	}
	for range 4 { // used every 20 days, it goes on
		f.clock.move(20 * 24 * time.Hour)
		if err := ask(); err != nil {
			t.Fatalf("in use: %v", err)
		}
	}
	f.clock.move(SignInLasts)
	if err := ask(); status(err) != 401 {
		t.Errorf("unused for 30 days: %v, want 401", err)
	}
	if n, err := f.Expire(ctx); err != nil || n != 1 {
		t.Errorf("Expire = %d, %v, want 1", n, err)
	}
	if err := f.EndSignIn(ctx, From{}, who.User, who.User, "somebody-elses"); status(err) != 404 {
		t.Errorf("ending what is not mine: %v, want 404", err)
	}
}

func TestNoTokenIsStored(t *testing.T) {
	f := newFixture(t, nil)
	who, proof := f.account("ada")
	signIn, err := f.store.SignIn(context.Background(), who.SignIn, f.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	if all := fmt.Sprintf("%+v %s", signIn, signIn.TokenHash); strings.Contains(all, proof.Token) {
		t.Errorf("the store holds the cookie: %s", all)
	}
	link := f.LinkToken("some-link")
	if strings.Contains(string(HashLink(link)), link[:len("some-link")]) || len(HashLink(link)) != 32 {
		t.Error("a link's hash shows the link")
	}
	if f.LinkToken("some-link") != link || f.LinkToken("other-link")[10:] == link[9:] {
		t.Error("a link's token is not its own, or not the same each time")
	}
}

func TestWhatTheCommandLineDoesWithAccounts(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t, func(c *Config) { c.Signup = SignupClosed })
	bob, code, mailed, err := f.AddAccount(ctx, From{}, "", "Bob", "bob@example.org", false)
	if err != nil || mailed {
		t.Fatal(mailed, err)
	}
	if _, _, err := f.SignIn(ctx, From{}, "bob@example.org", ""); status(err) != 401 {
		t.Errorf("without a password: %v, want 401", err)
	}
	if _, _, err := f.Reset(ctx, From{}, code, "short"); status(err) != 422 {
		t.Errorf("a short one: %v, want 422", err)
	}
	user, proof, err := f.Reset(ctx, From{}, code, "a long enough password")
	if err != nil || user.ID != bob.ID || proof.Token == "" || !user.VerifiedAt.IsZero() {
		t.Fatalf("the handed code gives %+v, %v; it verifies no address", user, err)
	}
	if _, _, err := f.Reset(ctx, From{}, code, "another long password"); status(err) != 404 {
		t.Errorf("used again: %v, want 404", err)
	}
	if _, _, _, err := f.AddAccount(ctx, From{}, "", "Bob", "BOB@example.org", false); status(err) != 409 {
		t.Errorf("the same address again: %v, want 409", err)
	}
	again, err := f.ResetPassword(ctx, From{}, "", user)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(f.ears.gone, bob.ID) {
		t.Errorf("sessions of %v were ended, want bob's", f.ears.gone)
	}
	if _, err := f.ask("GET", "/", f.Authenticate, "Cookie", cookieSignIn+"="+proof.Token); status(err) != 401 {
		t.Errorf("signed in before the reset: %v, want 401", err)
	}
	if _, _, err := f.SignIn(ctx, From{}, "bob@example.org", "a long enough password"); status(err) != 401 {
		t.Errorf("the old password: %v, want 401", err)
	}
	if _, _, err := f.Reset(ctx, From{}, again, "a new long password"); err != nil {
		t.Error(err)
	}
	if _, err := f.AccountOf(ctx, "nobody@example.org"); err == nil {
		t.Error("nobody has an account")
	}
}

// brokenStore cannot be asked.
type brokenStore struct{ Store }

func (brokenStore) SignInByToken(context.Context, []byte, time.Time) (storage.SignIn, storage.User, error) {
	return storage.SignIn{}, storage.User{}, storage.ErrUnavailable
}

func TestAFaultOfTheStoreIsNeverSignedOut(t *testing.T) {
	f := newFixture(t, nil)
	_, proof := f.account("ada")
	f.Service.store = brokenStore{f.store}
	if _, err := f.ask("GET", "/", f.Authenticate, "Cookie", cookieSignIn+"="+proof.Token); status(err) != 503 {
		t.Errorf("got %v, want 503", err)
	}
}
