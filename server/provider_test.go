package server

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"quire/storage/sealed"
)

// provider is an OpenID Connect provider as the standard has it: authorization code with PKCE, RS256, each code once. Its
// fields may be changed between two sign-ins.
type provider struct {
	t      *testing.T
	server *httptest.Server
	key    *rsa.PrivateKey

	mu      sync.Mutex
	claims  jwt.MapClaims // of who signs in next
	spoil   func(jwt.MapClaims)
	header  map[string]any  // added to the ID token's
	signer  *rsa.PrivateKey // nil: key
	answer  string          // error= instead of a code
	down    bool
	instead map[string]http.HandlerFunc // by path: answers in our place
	codes   map[string]granted
	tokens  int // ID tokens given
	lastURL string
}

// granted is what a code is good for.
type granted struct{ challenge, nonce, redirect string }

const clientSecret = "the client's secret"

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, key: key, codes: map[string]granted{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("/authorize", p.authorize)
	mux.HandleFunc("/token", p.token)
	mux.HandleFunc("/keys", p.keys)
	mux.HandleFunc("/userinfo", p.userInfo)
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		instead := p.instead[r.URL.Path]
		p.mu.Unlock()
		if instead != nil {
			instead(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.server.Close)
	return p
}

// config makes the server use p.
func (p *provider) config(c *Config) {
	c.Auth.OIDC.Issuer, c.Auth.OIDC.ClientID, c.Auth.OIDC.ClientSecret = p.server.URL, "quire", sealed.Of(clientSecret)
	c.Auth.OIDC.Name = "Example"
	c.Auth.OIDC.Client = p.server.Client()
}

// person is who signs in next.
func (p *provider) person(sub, email string, verified any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claims = jwt.MapClaims{"sub": sub, "email": email, "name": "Person " + sub}
	if verified != nil {
		p.claims["email_verified"] = verified
	}
}

func (p *provider) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func (p *provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	p.json(w, map[string]any{
		"issuer": p.server.URL, "authorization_endpoint": p.server.URL + "/authorize", "token_endpoint": p.server.URL + "/token",
		"jwks_uri": p.server.URL + "/keys", "userinfo_endpoint": p.server.URL + "/userinfo",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"code"}, "subject_types_supported": []string{"public"},
	})
}

func (p *provider) json(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		p.t.Error(err)
	}
}

// authorize signs everybody in as the person that was set.
func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := r.URL.Query()
	p.lastURL = r.URL.String()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != "quire" || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" ||
		q.Get("state") == "" || q.Get("nonce") == "" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {q.Get("state")}}
	if p.answer != "" {
		answer.Set("error", p.answer)
	} else {
		code := rand.Text()
		p.codes[code] = granted{q.Get("code_challenge"), q.Get("nonce"), q.Get("redirect_uri")}
		answer.Set("code", code)
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	g, ok := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	secret, _ = url.QueryUnescape(secret)
	if !ok || id != "quire" || secret != clientSecret || base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge || r.FormValue("redirect_uri") != g.redirect {
		w.WriteHeader(http.StatusBadRequest)
		p.json(w, map[string]any{"error": "invalid_grant", "error_description": "the code " + r.FormValue("code") + " is not good"})
		return
	}
	claims := jwt.MapClaims{"iss": p.server.URL, "aud": "quire", "nonce": g.nonce, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}
	for name, value := range p.claims {
		claims[name] = value
	}
	if p.spoil != nil {
		p.spoil(claims)
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = "one"
	for name, value := range p.header {
		token.Header[name] = value
	}
	signer := p.key
	if p.signer != nil {
		signer = p.signer
	}
	text, err := token.SignedString(signer)
	if err != nil {
		p.t.Error(err)
	}
	p.tokens++
	p.json(w, map[string]any{"access_token": "an access token", "token_type": "Bearer", "id_token": text})
}

// userInfo says no more than the ID token did.
func (p *provider) userInfo(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.json(w, p.claims)
}

func (p *provider) keys(w http.ResponseWriter, _ *http.Request) {
	e := big.NewInt(int64(p.key.E)).Bytes()
	p.json(w, map[string]any{"keys": []map[string]any{{
		"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": base64.RawURLEncoding.EncodeToString(p.key.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(e),
	}}})
}
