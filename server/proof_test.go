package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// ways are those that a proof-needed problem names.
func (r response) ways() []string {
	r.t.Helper()
	r.problem(403, "proof-needed")
	var p struct{ Ways []string }
	if err := json.Unmarshal(r.body, &p); err != nil {
		r.t.Error(err)
	}
	return p.Ways
}

// later makes the server's clock run ahead by what the returned value says, in ns.
func later(ahead *atomic.Int64) func(*Config) {
	return func(c *Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	}
}

// With somebody's open browser, or its cookie, nobody gets the account for good: what would do that asks for proof again, of people;
// tokens do what they could do before.
func TestSensitiveChangesAskForProofAgain(t *testing.T) {
	var ahead atomic.Int64
	h := newHouse(t, later(&ahead))
	ada, bob, eve := h.account("ada"), h.account("bob"), h.account("eve")
	doc := ada.document("text")
	h.grant(doc, bob.id, "editor")
	elsewhere := h.signedIn("ada")
	script := ada.token("write")
	changes := []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/me/tokens", `{"name":"x","scope":"read","expires_in_days":1}`, 201},
		{"POST", "/admin/people/" + bob.id + "/password-reset", ``, 200},
		{"DELETE", "/admin/people/" + eve.id + "?shared=transfer", ``, 200},
		{"POST", "/documents/" + doc + "/transfer", `{"user":"` + bob.id + `","then":"editor"}`, 200},
	}
	ahead.Store(int64(10 * time.Minute))
	for _, c := range changes {
		if got := ada.do(c.method, c.path, c.body).ways(); !slices.Equal(got, []string{"password"}) {
			t.Errorf("%s %s: ways %v", c.method, c.path, got)
		}
	}
	ada.do("POST", "/me/proof", map[string]any{"password": "wrong"}).problem(403, "forbidden")
	ada.do("POST", "/me/tokens", changes[0].body).ways()
	script.do("POST", "/me/proof", map[string]any{"password": "correct horse ada"}).problem(403, "forbidden")
	ada.do("POST", "/me/proof", map[string]any{"password": "correct horse ada"}).want(204)
	u := mustURL(t, h.base)
	shown := ada.client.Jar.Cookies(u)
	bob.client.Jar.SetCookies(u, slices.DeleteFunc(slices.Clone(shown), notShown))
	bob.do("POST", "/me/tokens", changes[0].body).ways() // another's proof
	elsewhere.client.Jar.SetCookies(u, slices.DeleteFunc(slices.Clone(shown), notShown))
	elsewhere.do("POST", "/me/tokens", changes[0].body).ways() // of another sign-in
	for _, c := range changes[:3] {
		ada.do(c.method, c.path, c.body).want(c.status)
	}
	ahead.Add(int64(10 * time.Minute))
	ada.do("POST", "/me/tokens", changes[0].body).ways() // it is over
	ada.do("POST", "/me/proof", map[string]any{"password": "correct horse ada"}).want(204)
	shown = ada.client.Jar.Cookies(u)
	ada.do("POST", "/me/password", map[string]any{"current": "correct horse ada", "new": "a new long password"}).want(204)
	ada.do("POST", "/me/tokens", changes[0].body).want(201) // who changed the password typed it just now
	ada.client.Jar.SetCookies(u, slices.DeleteFunc(shown, notShown))
	ada.do("POST", "/me/tokens", changes[0].body).ways() // what was shown before went with the password
	ada.do("POST", "/auth/signin", map[string]any{"email": "ada@example.org", "password": "a new long password"}).want(200)
	ada.do(changes[3].method, changes[3].path, changes[3].body).want(200)
}

func notShown(c *http.Cookie) bool { return c.Name != "quire-shown" }

// A token hands documents over as before.
func TestATokenNeedsNoProof(t *testing.T) {
	var ahead atomic.Int64
	h := newHouse(t, later(&ahead))
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	h.grant(doc, bob.id, "editor")
	script := ada.token("write")
	ahead.Store(int64(time.Hour))
	script.do("POST", "/documents/"+doc+"/transfer", map[string]any{"user": bob.id, "then": "editor"}).want(200)
}

// An account without a password changes its address, or ends, only after a sign-in at the provider, which asked who it is.
func TestWithoutAPasswordTheProviderIsTheProof(t *testing.T) {
	var ahead atomic.Int64
	p := newProvider(t)
	h := newHouse(t, func(c *Config) { p.config(c); later(&ahead)(c) })
	h.account("admin")
	p.person("42", "ada@example.org", true)
	ada := h.nobody()
	if location := ada.throughProvider("/"); location != "/" {
		t.Fatal(location)
	}
	change := map[string]any{"email": "new@example.org"}
	leave := map[string]any{"confirm": "ada@example.org", "shared": "delete"}
	refused := func(what string) {
		t.Helper()
		for path, body := range map[string]any{"/me/email": change, "/me/delete": leave, "/me/proof": map[string]any{"password": "x"}} {
			if got := ada.do("POST", path, body).ways(); !slices.Equal(got, []string{"oidc"}) {
				t.Errorf("%s: POST %s: ways %v", what, path, got)
			}
		}
	}
	refused("signed in there already")
	ask := func(want string) {
		t.Helper()
		_, location := ada.follow(h.base + "/api/v1/auth/oidc/start?fresh=true&return=/d/x")
		q := mustURL(t, location).Query()
		if q.Get("prompt") != "login" || q.Get("max_age") != "0" {
			t.Errorf("the provider is not asked to ask: %s", location)
		}
		_, back := ada.follow(location)
		if _, location = ada.follow(back); location != want {
			t.Errorf("sent to %s, want %s", location, want)
		}
	}
	p.set(func() { p.spoil = func(c jwt.MapClaims) { c["auth_time"] = time.Now().Add(-11 * time.Minute).Unix() } })
	ask("/signin?refused=stale")
	refused("which did not ask")
	p.set(func() { p.spoil = func(c jwt.MapClaims) { c["auth_time"] = time.Now().Unix() } })
	ask("/d/x")
	ahead.Store(int64(10 * time.Minute))
	refused("ten minutes later")
	ahead.Store(0)
	p.set(func() { p.spoil = nil })
	ask("/d/x") // a provider that does not say when it asked
	ada.do("POST", "/me/email", change).want(200)
	leave["confirm"] = "new@example.org"
	ada.do("POST", "/me/delete", leave).want(200)
}
