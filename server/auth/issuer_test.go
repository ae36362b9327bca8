package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

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

// bearer returns the status a token gets, and the error's words.
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
