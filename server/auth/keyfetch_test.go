package auth

import (
	"context"
	"crypto/rsa"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"quire/storage/sealed"
)

func TestKeysRotate(t *testing.T) {
	i := newIssuer(t)
	old, fresh := rsaKey(t), rsaKey(t)
	i.publishes(jwk(t, old, "old", nil))
	f := newFixture(t, i.tokens)
	token := func(key *rsa.PrivateKey, name string) string {
		return signed(t, jwt.SigningMethodRS256, key, kid(name), f.claims(nil))
	}
	f.wants(token(old, "old"), 0, "")
	f.wants(token(fresh, "invented"), 401, "") // must not block what follows
	i.publishes(jwk(t, old, "old", nil), jwk(t, fresh, "new", nil))
	f.wants(token(fresh, "new"), 0, "")
	f.wants(token(old, "old"), 0, "")
	if n := i.asked.Load(); n != 3 {
		t.Errorf("the keys were fetched %d times, want 3: at first, for the invented name, for the new one", n)
	}
	i.publishes(jwk(t, fresh, "new", nil))
	if err := f.tokens.keys.fetch(context.Background()); err != nil { // as every hour
		t.Fatal(err)
	}
	f.clock.move(time.Hour)
	f.wants(token(old, "old"), 401, "JWT_JWKS_URL")
}

// Invented names may not make us ask all day, nor be told that they are wrong before that is known.
func TestFetchesThatTokensCauseAreBounded(t *testing.T) {
	i := newIssuer(t)
	key := rsaKey(t)
	i.publishes(jwk(t, key, "one", nil))
	f := newFixture(t, i.tokens)
	for n := range 50 {
		want := 401
		if n >= keysBudget {
			want = 429
		}
		f.wants(signed(t, jwt.SigningMethodRS256, key, kid(fmt.Sprint("invented ", n)), f.claims(nil)), want, "")
	}
	if n := i.asked.Load(); n != keysBudget {
		t.Errorf("50 invented names had the keys fetched %d times, want %d", n, keysBudget)
	}
	f.wants(signed(t, jwt.SigningMethodRS256, key, kid("one"), f.claims(nil)), 0, "") // others are not disturbed
	fresh := rsaKey(t)
	i.publishes(jwk(t, fresh, "new", nil))
	f.clock.move(keysBudgetPer)
	f.wants(signed(t, jwt.SigningMethodRS256, fresh, kid("new"), f.claims(nil)), 0, "")
}

func TestManyTokensOfANewKeyCauseOneFetch(t *testing.T) {
	i := newIssuer(t)
	key := rsaKey(t)
	set := jwk(t, key, "one", nil)
	release := make(chan struct{})
	i.answers(func(w http.ResponseWriter, _ *http.Request) {
		<-release
		io.WriteString(w, `{"keys":[`+set+`]}`)
	})
	f := newFixture(t, i.tokens)
	token := signed(t, jwt.SigningMethodRS256, key, kid("one"), f.claims(nil))
	var group sync.WaitGroup
	var counted atomic.Int64
	for range 30 {
		group.Go(func() {
			if _, err := f.tokens.verify(context.Background(), token); err == nil {
				counted.Add(1)
			}
		})
	}
	close(release)
	group.Wait()
	if counted.Load() != 30 || i.asked.Load() > keysBudget {
		t.Errorf("%d of 30 count after %d fetches", counted.Load(), i.asked.Load())
	}
}

// A client that is told 401 believes that it is signed out. So while the keys cannot be had the answer is 503.
func TestWhileKeysCannotBeFetched(t *testing.T) {
	i := newIssuer(t)
	key := rsaKey(t)
	i.fails()
	f := newFixture(t, func(c *Config) { i.tokens(c); c.Tokens.Secrets = []sealed.Text{sealed.Of(string(tokenSecret))} })
	token := signed(t, jwt.SigningMethodRS256, key, kid("one"), f.claims(nil))
	for range keysBudget + 2 {
		f.wants(token, 503, "can't fetch the keys")
	}
	if got := f.TokenKeys(); got != "missing" {
		t.Errorf("state %q, want missing", got)
	}
	f.wants(signed(t, jwt.SigningMethodHS256, tokenSecret, nil, f.claims(nil)), 0, "") // the secret needs nobody
	f.clock.move(time.Minute)
	i.publishes(jwk(t, key, "one", nil))
	token = signed(t, jwt.SigningMethodRS256, key, kid("one"), f.claims(nil))
	f.wants(token, 0, "")
	i.fails()
	if err := f.tokens.keys.fetch(context.Background()); err == nil {
		t.Fatal("the fetch passed")
	}
	f.wants(token, 0, "") // those that are there go on to count
	if got := f.TokenKeys(); got != "stale" {
		t.Errorf("state %q, want stale", got)
	}
}

func TestWhatIsNoKeySetIsNotTaken(t *testing.T) {
	i := newIssuer(t)
	key := rsaKey(t)
	good := jwk(t, key, "one", nil)
	f := newFixture(t, i.tokens)
	i.publishes(good)
	if err := f.tokens.keys.fetch(context.Background()); err != nil {
		t.Fatal(err)
	}
	elsewhere := newIssuer(t)
	elsewhere.publishes(jwk(t, key, "elsewhere", nil))
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"not JSON": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") },
		"no keys":  func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"keys":[]}`) },
		"an error": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(500)
			io.WriteString(w, `{"keys":[`+good+`]}`)
		},
		"too large": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"keys":[`+good+`]`+strings.Repeat(" ", maxKeySet)+`}`)
		},
		"too many": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"keys":[`+strings.Repeat(good+",", maxKeys)+good+`]}`)
		},
		"a redirect":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) },
		"a broken line": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"a point beside": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"keys":[{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}]}`)
		},
	} {
		i.answers(answer)
		if err := f.tokens.keys.fetch(context.Background()); err == nil {
			t.Errorf("%s: was taken", name)
		} else if strings.Contains(err.Error(), i.URL) {
			t.Errorf("%s: the error tells the address: %v", name, err)
		}
		f.wants(signed(t, jwt.SigningMethodRS256, key, kid("one"), f.claims(nil)), 0, "")
	}
	if elsewhere.asked.Load() != 0 {
		t.Error("a redirect was followed")
	}
	if _, err := New(Config{Secret: sealed.Of(string(tokenSecret)), Tokens: TokenConfig{KeysURL: sealed.Of("http://app.example/keys")}}); err == nil {
		t.Error("keys by plain http were taken")
	}
}

// sender answers as the test says, without a network.
type sender func(*http.Request) (*http.Response, error)

func (s sender) RoundTrip(r *http.Request) (*http.Response, error) { return s(r) }

func TestKeysAreFetchedAtTheStartEveryHourAndSoonerAfterAFailure(t *testing.T) {
	key := jwk(t, rsaKey(t), "one", nil)
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var asked []time.Duration
		var healthy atomic.Bool
		client := &http.Client{Transport: sender(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, time.Since(began))
			if !healthy.Load() {
				<-r.Context().Done() // a server that says nothing
				return nil, r.Context().Err()
			}
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"keys":[` + key + `]}`))}, nil
		})}
		f := newFixture(t, func(c *Config) {
			c.Tokens = TokenConfig{KeysURL: sealed.Of("https://app.example/keys"), Client: client}
			c.Now, c.Log = time.Now, slog.New(slog.DiscardHandler)
		})
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { f.KeepTokenKeys(ctx); close(ended) }()
		time.Sleep(keysTimeout + time.Second)
		synctest.Wait()
		if got := f.TokenKeys(); got != "missing" {
			t.Errorf("state %q, want missing", got)
		}
		healthy.Store(true)
		time.Sleep(2*keysEvery + time.Minute)
		synctest.Wait()
		stop()
		<-ended
		again := keysTimeout + keysRetry
		want := fmt.Sprint([]time.Duration{0, again, again + keysEvery, again + 2*keysEvery})
		if fmt.Sprint(asked) != want || f.TokenKeys() != "ok" {
			t.Errorf("fetched at %v, want %v; state %s", asked, want, f.TokenKeys())
		}
	})
}
