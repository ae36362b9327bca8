package server

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"quire/server/auth"
	"quire/storage/sealed"
)

// follow opens address as a browser would, without going further, and returns where it is sent.
func (c *caller) follow(address string) (int, string) {
	c.h.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = c.h.base + address
	}
	browser := *c.client
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		c.h.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site") // the provider's page sends it back
	req.Header.Set("Accept", "text/html")
	res, err := browser.Do(req)
	if err != nil {
		c.h.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode, res.Header.Get("Location")
}

// throughProvider signs c in through the provider and returns where it ends up.
func (c *caller) throughProvider(back string) string {
	c.h.t.Helper()
	callback := c.toCallback(back)
	status, location := c.follow(callback)
	if status != http.StatusFound {
		c.h.t.Fatalf("the way back = %d", status)
	}
	return location
}

// toCallback goes to the provider and returns the address that it sends the browser back to.
func (c *caller) toCallback(back string) string {
	c.h.t.Helper()
	status, toProvider := c.follow("/api/v1/auth/oidc/start?return=" + url.QueryEscape(back))
	if status != http.StatusFound {
		c.h.t.Fatalf("start = %d", status)
	}
	status, callback := c.follow(toProvider)
	if status != http.StatusFound || !strings.HasPrefix(callback, c.h.base+"/api/v1/auth/oidc/callback?") {
		c.h.t.Fatalf("the provider = %d %s", status, callback)
	}
	return callback
}

func TestSignInThroughAProvider(t *testing.T) {
	p := newProvider(t)
	h := newHouse(t, p.config)
	h.account("admin")
	if server := h.nobody().do("GET", "/server", nil).want(200); server["oidc"].(map[string]any)["name"] != "Example" {
		t.Errorf("server = %v", server)
	}
	p.person("42", "ada@example.org", true)
	ada := h.nobody()
	if at := ada.throughProvider("/d/abc?x=1#y"); at != "/d/abc?x=1#y" {
		t.Errorf("back at %s", at)
	}
	me := ada.do("GET", "/me", nil).want(200)
	if me["email"] != "ada@example.org" || me["verified"] != true || me["has_password"] != false || me["name"] != "Person 42" || me["admin"] != false {
		t.Errorf("me = %v", me)
	}
	again := h.nobody()
	p.person("42", "moved@example.org", false) // the subject is who they are, not the e-mail
	again.throughProvider("/")
	if got := again.do("GET", "/me", nil).want(200); got["id"] != me["id"] || got["email"] != "ada@example.org" {
		t.Errorf("again = %v", got)
	}
	if !strings.Contains(p.lastURL, "scope=openid+email+profile") || strings.Contains(p.lastURL, clientSecret) {
		t.Errorf("the provider was asked %s", p.lastURL)
	}
	signIns := ada.do("GET", "/me/sign-ins", nil).want(200)["items"].([]any)
	if len(signIns) != 2 {
		t.Errorf("sign-ins %v", signIns)
	}
	ada.do("POST", "/me/delete", map[string]any{"confirm": "other@example.org", "shared": "delete"}).problem(403, "forbidden")
	_, toProvider := ada.follow("/api/v1/auth/oidc/start?fresh=true")
	_, callback := ada.follow(toProvider)
	ada.follow(callback) // they are asked who they are first
	ada.do("POST", "/me/delete", map[string]any{"confirm": "ADA@example.org", "shared": "delete"}).want(200)
	ada.do("GET", "/me", nil).problem(401, "signed-out")
	h.stop()
	for _, secret := range []string{clientSecret, "an access token"} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// Whatever is wrong with what comes back, nobody is signed in.
func TestWhatTheProviderSaysMustBeForThisBrowserAndThisServer(t *testing.T) {
	p := newProvider(t)
	h := newHouse(t, p.config)
	h.account("admin")
	p.person("42", "ada@example.org", true)
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(name, word string, c *caller, location string) {
		t.Helper()
		if location != "/signin?refused="+word {
			t.Errorf("%s: sent to %s, want refused=%s", name, location, word)
		}
		c.do("GET", "/me", nil).problem(401, "signed-out")
	}
	for name, spoil := range map[string]func(jwt.MapClaims){
		"another nonce":    func(c jwt.MapClaims) { c["nonce"] = "another" },
		"no nonce":         func(c jwt.MapClaims) { delete(c, "nonce") },
		"another audience": func(c jwt.MapClaims) { c["aud"] = "another" },
		"another issuer":   func(c jwt.MapClaims) { c["iss"] = "https://id.example.com" },
		"another client's": func(c jwt.MapClaims) { c["azp"] = "another" },
		"of several":       func(c jwt.MapClaims) { c["aud"] = []string{"another", "quire"} },
		"a sub with a NUL": func(c jwt.MapClaims) { c["sub"] = "42\x00" },
		"half a pair":      func(c jwt.MapClaims) { c["sub"] = json.RawMessage(`"42\ud800"`) },
		"over":             func(c jwt.MapClaims) { c["exp"] = time.Now().Add(-time.Minute).Unix() },
	} {
		p.set(func() { p.spoil = spoil })
		c := h.nobody()
		refused(name, "provider", c, c.throughProvider("/"))
	}
	p.set(func() { p.spoil, p.header = nil, map[string]any{"crit": []string{"b65"}, "b65": true} })
	stranger := h.nobody()
	refused("an extension that we do not know", "provider", stranger, stranger.throughProvider("/"))
	p.set(func() {
		p.header = nil
		p.spoil = func(c jwt.MapClaims) { c["aud"], c["azp"] = []string{"another", "quire"}, "quire" }
	})
	if location := h.nobody().throughProvider("/"); location != "/" {
		t.Errorf("one of several audiences, issued to us: sent to %s", location)
	}
	p.set(func() { p.spoil, p.signer = nil, foreign })
	c := h.nobody()
	refused("another key", "provider", c, c.throughProvider("/"))
	p.set(func() { p.signer = nil })
	before := p.tokens

	stolen := h.nobody().toCallback("/") // another browser's way back
	c = h.nobody()
	_, location := c.follow(stolen)
	refused("a browser that never set out", "expired", c, location)
	c = h.nobody()
	c.toCallback("/")
	_, location = c.follow(stolen)
	refused("another browser's state", "expired", c, location)
	if p.tokens != before {
		t.Error("a stolen code was redeemed")
	}

	c = h.nobody()
	callback := c.toCallback("/")
	u, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	kept := c.client.Jar.Cookies(u)
	if _, location := c.follow(callback); location != "/" {
		t.Fatalf("the right way back leads to %s", location)
	}
	replay := h.nobody()
	replay.client.Jar.SetCookies(u, kept) // what the browser had when it came back
	_, location = replay.follow(callback)
	refused("a state used before", "expired", replay, location)

	c = h.nobody()
	callback = c.toCallback("/")
	used, _ := url.Parse(callback)
	p.set(func() { delete(p.codes, used.Query().Get("code")) })
	_, location = c.follow(callback)
	refused("a code used before", "provider", c, location)

	p.set(func() { p.answer = "access_denied" })
	c = h.nobody()
	refused("denied", "denied", c, c.throughProvider("/"))
	p.set(func() { p.answer = "server_error\ncode=1" })
	c = h.nobody()
	refused("an error of theirs", "provider", c, c.throughProvider("/"))
	if strings.Contains(h.log.String(), "is not good") {
		t.Error("the log repeats what the provider wrote")
	}
}

func TestAChangedFlowCookieIsNone(t *testing.T) {
	p := newProvider(t)
	clock := newClockAt()
	h := newHouse(t, func(c *Config) { p.config(c); c.Now = clock.Now })
	h.account("admin")
	p.person("42", "ada@example.org", true)
	u, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	c := h.nobody()
	callback := c.toCallback("/")
	for _, cookie := range c.client.Jar.Cookies(u) {
		if cookie.Name == "quire-oidc" {
			value := []byte(cookie.Value)
			value[5] ^= 1
			c.client.Jar.SetCookies(u, []*http.Cookie{{Name: cookie.Name, Value: string(value), Path: "/"}})
		}
	}
	if _, location := c.follow(callback); location != "/signin?refused=expired" {
		t.Errorf("changed: %s", location)
	}
	slow := h.nobody()
	callback = slow.toCallback("/")
	clock.move(11 * time.Minute)
	if _, location := slow.follow(callback); location != "/signin?refused=expired" {
		t.Errorf("after 11 minutes: %s", location)
	}
}

func TestTheWayBackLeadsToOurOwnPagesOnly(t *testing.T) {
	p := newProvider(t)
	h := newHouse(t, p.config)
	h.account("admin")
	p.person("42", "ada@example.org", true)
	for back, want := range map[string]string{
		"https://evil.example/": "/", "//evil.example/": "/", "/\\evil.example": "/", "\\\\evil.example": "/", "javascript:alert(1)": "/",
		"/\t/evil.example": "/", "/%2f/x": "/", "": "/", "d/abc": "/", "/api/v1/auth/signout": "/", "/ /evil": "/", "/d/abc": "/d/abc",
		"/" + strings.Repeat("x", 1500): "/",
	} {
		if got := h.nobody().throughProvider(back); got != want {
			t.Errorf("return=%q leads to %q, want %q", back, got, want)
		}
	}
}

// An account with the same e-mail is theirs only if both sides have verified it.
func TestAnAccountIsLinkedOnlyWhereBothSidesHaveVerified(t *testing.T) {
	for _, c := range []struct {
		name        string
		here, there any
		ends        string
	}{
		{"both", true, true, "/"}, {"as text", true, "true", "/"}, {"only here", true, false, "/signin?refused=unverified"},
		{"not said there", true, nil, "/signin?refused=unverified"}, {"only there", false, true, "/signin?refused=unverified"},
		{"neither", false, false, "/signin?refused=unverified"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProvider(t)
			h := newHouse(t, p.config)
			ada := h.account("ada")
			if c.here == true {
				h.verified(ada)
			}
			p.person("42", "ADA@example.org", c.there)
			browser := h.nobody()
			if at := browser.throughProvider("/"); at != c.ends {
				t.Fatalf("led to %s, want %s", at, c.ends)
			}
			if c.ends != "/" {
				browser.do("GET", "/me", nil).problem(401, "signed-out")
				return
			}
			if me := browser.do("GET", "/me", nil).want(200); me["id"] != ada.id || me["has_password"] != true {
				t.Errorf("me = %v", me)
			}
			p.person("43", "ada@example.org", true)
			if at := h.nobody().throughProvider("/"); at != "/signin?refused=other" {
				t.Errorf("another person of the provider: %s", at)
			}
		})
	}
}

func TestSignUpThroughAProviderKeepsToTheMode(t *testing.T) {
	for _, c := range []struct {
		mode  auth.SignupMode
		guest bool
		ends  string
	}{
		{auth.SignupOpen, false, "/"}, {auth.SignupInvite, false, "/signin?refused=invite"}, {auth.SignupInvite, true, "/"},
		{auth.SignupClosed, false, "/signin?refused=closed"}, {auth.SignupClosed, true, "/signin?refused=closed"},
	} {
		p := newProvider(t)
		h := newHouse(t, func(cfg *Config) { p.config(cfg); cfg.Auth.Signup = c.mode })
		p.person("1", "first@example.org", true)
		if at := h.nobody().throughProvider("/"); at != "/signin?refused=closed" {
			t.Errorf("the first account: %s", at)
		}
		ada := h.account("ada") // the first
		doc := ada.document("text")
		browser := h.nobody()
		if c.guest {
			_, link := ada.link(doc, "editor")
			browser.id = browser.do("POST", "/links/claim", map[string]any{"token": link}).want(200)["user"].(map[string]any)["id"].(string)
		}
		p.person("42", "bob@example.org", false)
		if at := browser.throughProvider("/"); at != c.ends {
			t.Errorf("%s, guest %v: %s, want %s", c.mode, c.guest, at, c.ends)
			continue
		}
		if c.guest && c.ends == "/" {
			if me := browser.do("GET", "/me", nil).want(200); me["id"] != browser.id || me["guest"] != false || me["verified"] != false || browser.text(doc) != "text\n" {
				t.Errorf("the guest's account is %v", me)
			}
		}
		p.person("43", "", nil)
		if at := h.nobody().throughProvider("/"); c.mode == auth.SignupOpen && at != "/signin?refused=email" {
			t.Errorf("without an e-mail: %s", at)
		}
	}
}

// A provider that is away when the server starts is asked again.
func TestAProviderThatIsAwayIsAskedAgain(t *testing.T) {
	p := newProvider(t)
	clock := newClockAt()
	p.down = true
	h := newHouse(t, func(c *Config) { p.config(c); c.Now = clock.Now })
	h.account("admin")
	p.person("42", "ada@example.org", true)
	if _, at := h.nobody().follow("/api/v1/auth/oidc/start"); at != "/signin?refused=provider" {
		t.Errorf("while it is away: %s", at)
	}
	p.set(func() { p.down = false })
	clock.move(6 * time.Second)
	if at := h.nobody().throughProvider("/"); at != "/" {
		t.Errorf("when it is back: %s", at)
	}
	without := newHouse(t, nil)
	if _, at := without.nobody().follow("/api/v1/auth/oidc/start"); at != "/signin?refused=provider" {
		t.Errorf("without one: %s", at)
	}
}

// Many tabs that come back at once make one account.
func TestOnePersonOfTheProviderIsOneAccount(t *testing.T) {
	p := newProvider(t)
	h := newHouse(t, p.config)
	h.account("admin")
	p.person("42", "ada@example.org", true)
	var wg sync.WaitGroup
	ids := make([]string, 6)
	for i := range ids {
		c := h.nobody()
		callback := c.toCallback("/")
		wg.Go(func() {
			if _, at := c.follow(callback); at != "/" {
				t.Errorf("led to %s", at)
				return
			}
			ids[i], _ = c.do("GET", "/me", nil).want(200)["id"].(string)
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] || id == "" {
			t.Fatalf("accounts %v", ids)
		}
	}
}

// A token of an application cannot name a person of the provider.
func TestAnApplicationCannotActAsAPersonOfTheProvider(t *testing.T) {
	p := newProvider(t)
	h := newHouse(t, func(c *Config) {
		p.config(c)
		c.Auth.Tokens = auth.TokenConfig{Secrets: []sealed.Text{sealed.Of(appSecret)}} // any issuer
	})
	h.account("admin")
	p.person("42", "ada@example.org", true)
	h.nobody().throughProvider("/")
	user, err := h.store.UserBySubject(context.Background(), "oidc:"+p.server.URL, "42")
	if err != nil || user.Email != "ada@example.org" {
		t.Fatal(user, err)
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": "oidc:" + p.server.URL, "sub": "42", "exp": time.Now().Add(time.Minute).Unix(),
	}).SignedString([]byte(appSecret))
	if err != nil {
		t.Fatal(err)
	}
	h.bearer(text).do("GET", "/me", nil).problem(401, "signed-out")
	if again, err := h.store.User(context.Background(), user.ID); err != nil || again.Name != user.Name {
		t.Error(again, err)
	}
}
