package auth

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"quire/storage/sealed"
)

// issuer is an application's server, which hands out its key set.
type issuer struct {
	*httptest.Server
	t     testing.TB
	asked atomic.Int64

	mu     sync.Mutex
	answer func(http.ResponseWriter, *http.Request)
}

func newIssuer(t testing.TB) *issuer {
	i := &issuer{t: t}
	i.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.asked.Add(1)
		i.mu.Lock()
		answer := i.answer
		i.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) answers(answer func(http.ResponseWriter, *http.Request)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = answer
}

// publishes has the key set hold these, as JSON.
func (i *issuer) publishes(keys ...string) {
	set := `{"keys":[` + strings.Join(keys, ",") + `]}`
	i.answers(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, set) })
}

func (i *issuer) fails() {
	i.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
}

// tokens is the configuration that trusts the issuer.
func (i *issuer) tokens(c *Config) {
	c.Log = slog.New(slog.DiscardHandler)
	c.Tokens = TokenConfig{KeysURL: sealed.Of(i.URL), Client: i.Client(), Issuer: "https://app.example", Audience: "quire"}
}

// jwk is the public half of key as a key set has it.
func jwk(t testing.TB, key crypto.Signer, kid string, change func(map[string]any)) string {
	t.Helper()
	parsed, err := jwkset.NewJWKFromKey(key.Public(), jwkset.JWKOptions{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(parsed.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]any{}
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatal(err)
	}
	delete(fields, "alg")
	if kid != "" {
		fields["kid"] = kid
	}
	if change != nil {
		change(fields)
	}
	data, err = json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func rsaKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ecKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func edKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// signed is a token with a header of its own.
func signed(t testing.TB, method jwt.SigningMethod, key any, header map[string]any, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	for name, value := range header {
		token.Header[name] = value
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func kid(name string) map[string]any { return map[string]any{"kid": name} }

// bearer gives the status a token gets, and the error's words.
func (f fixture) bearer(token string) (int, string) {
	f.t.Helper()
	_, err := f.ask("GET", "/", f.Authenticate, "Authorization", "Bearer "+token)
	if err == nil {
		return 0, ""
	}
	return status(err), err.Error()
}

func (f fixture) wants(token string, want int, words string) {
	f.t.Helper()
	if got, said := f.bearer(token); got != want || !strings.Contains(said, words) {
		f.t.Errorf("got %d %q, want %d with %q", got, said, want, words)
	}
}

func TestEveryAsymmetricAlgorithmCountsWithItsOwnKeyOnly(t *testing.T) {
	i := newIssuer(t)
	rsa1, rsa2 := rsaKey(t), rsaKey(t)
	p256, p384, p521, ed := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P384()), ecKey(t, elliptic.P521()), edKey(t)
	i.publishes(jwk(t, rsa1, "rsa", nil), jwk(t, p256, "p256", nil), jwk(t, p384, "p384", nil), jwk(t, p521, "p521", nil),
		jwk(t, ed, "ed", nil))
	f := newFixture(t, i.tokens)
	for _, c := range []struct {
		method       jwt.SigningMethod
		kid          string
		key, another any
	}{
		{jwt.SigningMethodRS256, "rsa", rsa1, rsa2}, {jwt.SigningMethodRS384, "rsa", rsa1, rsa2}, {jwt.SigningMethodRS512, "rsa", rsa1, rsa2},
		{jwt.SigningMethodPS256, "rsa", rsa1, rsa2}, {jwt.SigningMethodPS384, "rsa", rsa1, rsa2}, {jwt.SigningMethodPS512, "rsa", rsa1, rsa2},
		{jwt.SigningMethodES256, "p256", p256, ecKey(t, elliptic.P256())}, {jwt.SigningMethodES384, "p384", p384, ecKey(t, elliptic.P384())},
		{jwt.SigningMethodES512, "p521", p521, ecKey(t, elliptic.P521())}, {jwt.SigningMethodEdDSA, "ed", ed, edKey(t)},
	} {
		t.Run(c.method.Alg(), func(t *testing.T) {
			f := f
			f.t = t
			f.wants(signed(t, c.method, c.key, kid(c.kid), f.claims(nil)), 0, "")
			f.wants(signed(t, c.method, c.another, kid(c.kid), f.claims(nil)), 401, "JWT_JWKS_URL")
			for _, other := range []string{"rsa", "p256", "p384", "p521", "ed"} {
				if other != c.kid {
					f.wants(signed(t, c.method, c.key, kid(other), f.claims(nil)), 401, "JWT_JWKS_URL")
				}
			}
			for name, change := range map[string]func(jwt.MapClaims){
				"expired":          func(c jwt.MapClaims) { c["exp"] = f.clock.Now().Add(-time.Second).Unix() },
				"lacks a claim":    func(c jwt.MapClaims) { delete(c, "exp") },
				"not valid yet":    func(c jwt.MapClaims) { c["nbf"] = f.clock.Now().Add(time.Hour).Unix() },
				"another issuer":   func(c jwt.MapClaims) { c["iss"] = "https://evil.example" },
				"another audience": func(c jwt.MapClaims) { c["aud"] = "other" },
				"sub claim":        func(c jwt.MapClaims) { delete(c, "sub") },
			} {
				f.wants(signed(t, c.method, c.key, kid(c.kid), f.claims(change)), 401, name)
			}
		})
	}
}

// A public key is known to everybody: whatever is made with it alone must not count.
func TestAPublicKeyIsNobodysSecret(t *testing.T) {
	i := newIssuer(t)
	key, own := rsaKey(t), rsaKey(t)
	secret := []byte("a secret that the key set holds by mistake")
	p256 := ecKey(t, elliptic.P256())
	i.publishes(jwk(t, key, "one", nil), jwk(t, p256, "two", nil),
		`{"kty":"oct","kid":"oct","k":"`+base64.RawURLEncoding.EncodeToString(secret)+`"}`)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"keys only":       i.tokens,
		"keys and secret": func(c *Config) { i.tokens(c); c.Tokens.Secret = sealed.Of(string(tokenSecret)) },
	} {
		f := newFixture(t, change)
		for attack, token := range map[string]string{
			"HS256 with the PEM":           signed(t, jwt.SigningMethodHS256, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), kid("one"), f.claims(nil)),
			"HS256 with the DER":           signed(t, jwt.SigningMethodHS256, der, kid("one"), f.claims(nil)),
			"HS256 with the PKCS1":         signed(t, jwt.SigningMethodHS256, x509.MarshalPKCS1PublicKey(&key.PublicKey), kid("one"), f.claims(nil)),
			"HS256 with the modulus":       signed(t, jwt.SigningMethodHS256, key.N.Bytes(), kid("one"), f.claims(nil)),
			"HS256 with nothing":           signed(t, jwt.SigningMethodHS256, []byte{}, kid("one"), f.claims(nil)),
			"HS512 with the DER":           signed(t, jwt.SigningMethodHS512, der, kid("one"), f.claims(nil)),
			"HS256 with a published oct":   signed(t, jwt.SigningMethodHS256, secret, kid("oct"), f.claims(nil)),
			"none":                         signed(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, kid("one"), f.claims(nil)),
			"RS256 by another, with jwk":   signed(t, jwt.SigningMethodRS256, own, map[string]any{"kid": "one", "jwk": json.RawMessage(jwk(t, own, "one", nil))}, f.claims(nil)),
			"RS256 by another, without":    signed(t, jwt.SigningMethodRS256, own, nil, f.claims(nil)),
			"RS256 named as the EC key":    signed(t, jwt.SigningMethodRS256, own, kid("two"), f.claims(nil)),
			"RS256 with a kid of no text":  signed(t, jwt.SigningMethodRS256, key, map[string]any{"kid": 1}, f.claims(nil)),
			"RS256 with a kid of null":     signed(t, jwt.SigningMethodRS256, key, map[string]any{"kid": nil}, f.claims(nil)),
			"RS256 with the secret's name": signed(t, jwt.SigningMethodRS256, own, kid("oct"), f.claims(nil)),
		} {
			if got, said := f.bearer(token); got != 401 {
				t.Errorf("%s: %s = %d %s, want 401", name, attack, got, said)
			}
		}
		f.wants(signed(t, jwt.SigningMethodRS256, key, kid("one"), f.claims(nil)), 0, "")
		want := 401
		if name == "keys and secret" {
			want = 0
		}
		f.wants(signed(t, jwt.SigningMethodHS256, tokenSecret, nil, f.claims(nil)), want, "")
	}
}

// What a token says about where its key may be had is not listened to.
func TestATokenDoesNotSayWhereItsKeyIs(t *testing.T) {
	i, evil := newIssuer(t), newIssuer(t)
	key, own := rsaKey(t), rsaKey(t)
	i.publishes(jwk(t, key, "one", func(k map[string]any) { k["x5u"] = evil.URL }))
	evil.publishes(jwk(t, own, "one", nil))
	f := newFixture(t, i.tokens)
	for _, header := range []string{"jku", "x5u"} {
		token := signed(t, jwt.SigningMethodRS256, own, map[string]any{"kid": "one", header: evil.URL}, f.claims(nil))
		f.wants(token, 401, "JWT_JWKS_URL")
	}
	f.wants(signed(t, jwt.SigningMethodRS256, key, kid("one"), f.claims(nil)), 0, "")
	if n := evil.asked.Load(); n != 0 {
		t.Errorf("the address in the token was asked %d times", n)
	}
}

func TestWhatAKeySaysItIsForCounts(t *testing.T) {
	i := newIssuer(t)
	key := rsaKey(t)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t, i.tokens)
	for _, c := range []struct {
		name   string
		key    *rsa.PrivateKey
		change func(map[string]any)
		want   int
	}{
		{"nothing said", key, nil, 0},
		{"for signatures", key, func(k map[string]any) { k["use"] = "sig" }, 0},
		{"for encryption", key, func(k map[string]any) { k["use"] = "enc" }, 503},
		{"to verify", key, func(k map[string]any) { k["key_ops"] = []string{"verify"} }, 0},
		{"to encrypt", key, func(k map[string]any) { k["key_ops"] = []string{"encrypt"} }, 503},
		{"for RS256", key, func(k map[string]any) { k["alg"] = "RS256" }, 0},
		{"for PS256", key, func(k map[string]any) { k["alg"] = "PS256" }, 401},
		{"1,024 bits", small, nil, 503},
		{"an even exponent", key, func(k map[string]any) { k["e"] = "AQAA" }, 401},
	} {
		i.publishes(jwk(t, c.key, "one", c.change))
		f.clock.move(time.Hour)
		f.tokens.keys.keys = nil // as at the start
		got, said := f.bearer(signed(t, jwt.SigningMethodRS256, c.key, kid("one"), f.claims(nil)))
		if got != c.want {
			t.Errorf("%s: %d %s, want %d", c.name, got, said, c.want)
		}
	}
}

func TestATokenWithoutAKeyNameCountsWhereOneKeyFits(t *testing.T) {
	i := newIssuer(t)
	key, ec := rsaKey(t), ecKey(t, elliptic.P256())
	i.publishes(jwk(t, key, "one", nil), jwk(t, ec, "", nil))
	f := newFixture(t, i.tokens)
	f.wants(signed(t, jwt.SigningMethodRS256, key, nil, f.claims(nil)), 0, "")
	f.wants(signed(t, jwt.SigningMethodES256, ec, nil, f.claims(nil)), 0, "")
	i.publishes(jwk(t, key, "one", nil), jwk(t, rsaKey(t), "two", nil))
	if err := f.tokens.keys.fetch(context.Background()); err != nil {
		t.Fatal(err)
	}
	f.wants(signed(t, jwt.SigningMethodRS256, key, nil, f.claims(nil)), 401, "JWT_JWKS_URL")
	f.wants(signed(t, jwt.SigningMethodRS256, key, kid("one"), f.claims(nil)), 0, "")
}

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
	f := newFixture(t, func(c *Config) { i.tokens(c); c.Tokens.Secret = sealed.Of(string(tokenSecret)) })
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
