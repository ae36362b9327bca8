package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"quire/collab/access"
	"quire/storage/sealed"
)

var tokenSecret = []byte("an application's secret, 32 bytes")

func withTokens(c *Config) {
	c.Tokens = TokenConfig{Secrets: []sealed.Text{sealed.Of(string(tokenSecret))}, Issuer: "https://app.example", Audience: "quire"}
}

// claims are those of a token that counts, at f's time, changed by the test.
func (f fixture) claims(change func(jwt.MapClaims)) jwt.MapClaims {
	c := jwt.MapClaims{
		"iss": "https://app.example", "aud": "quire", "sub": "u-1", "name": "Ada", "exp": f.clock.Now().Add(time.Minute).Unix(),
		"documents": map[string]any{"plan": "editor", "team-*": "viewer"},
	}
	if change != nil {
		change(c)
	}
	return c
}

func sign(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTokensThatDoNotCount(t *testing.T) {
	f := newFixture(t, withTokens)
	good := func(change func(jwt.MapClaims)) string {
		return sign(t, jwt.SigningMethodHS256, tokenSecret, f.claims(change))
	}
	parts := strings.Split(good(nil), ".")
	unsigned := parts[0] + "." + parts[1] + "."
	noneHeader := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	for _, c := range []struct{ name, token, reason string }{
		{"alg none", sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, f.claims(nil)), "not signed with HS256"},
		{"alg none, signature of HS256", noneHeader + "." + parts[1] + "." + parts[2], "not signed with HS256"},
		{"alg None in capitals", base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"NONE"}`)) + "." + parts[1] + ".", "not signed with HS256"},
		{"unsigned", unsigned, "not signed with HS256"},
		{"HS512", sign(t, jwt.SigningMethodHS512, tokenSecret, f.claims(nil)), "not signed with HS256"},
		{"foreign secret", sign(t, jwt.SigningMethodHS256, []byte("somebody else's secret, also long"), f.claims(nil)), "not signed with HS256"},
		{"expired", good(func(c jwt.MapClaims) { c["exp"] = f.clock.Now().Add(-time.Hour).Unix() }), "expired"},
		{"expired this instant", good(func(c jwt.MapClaims) { c["exp"] = f.clock.Now().Unix() }), "expired"},
		{"without exp", good(func(c jwt.MapClaims) { delete(c, "exp") }), "lacks a claim"},
		{"foreign issuer", good(func(c jwt.MapClaims) { c["iss"] = "https://evil.example" }), "another issuer"},
		{"without issuer", good(func(c jwt.MapClaims) { delete(c, "iss") }), "lacks a claim"},
		{"foreign audience", good(func(c jwt.MapClaims) { c["aud"] = "other" }), "another audience"},
		{"not yet", good(func(c jwt.MapClaims) { c["nbf"] = f.clock.Now().Add(time.Hour).Unix() }), "not valid yet"},
		{"from the future", good(func(c jwt.MapClaims) { c["iat"] = f.clock.Now().Add(time.Hour).Unix() }), "clocks differ"},
		{"without sub", good(func(c jwt.MapClaims) { delete(c, "sub") }), "sub claim"},
		{"sub too long", good(func(c jwt.MapClaims) { c["sub"] = strings.Repeat("x", 256) }), "sub claim"},
		{"sub with a NUL", good(func(c jwt.MapClaims) { c["sub"] = "u\x00" }), "sub or iss"},
		{"sub with half a pair", raw(t, `"u\ud800"`, f), "sub or iss"},
		{"sub with another half", raw(t, `"u\udfff"`, f), "sub or iss"},
		{"sub with what stands for those", good(func(c jwt.MapClaims) { c["sub"] = "u\uFFFD" }), "sub or iss"},
		{"crit", critical(t, f, []string{"b64"}), "crit"},
		{"crit of nothing", critical(t, f, nil), "crit"},
		{"unknown role", good(func(c jwt.MapClaims) { c["documents"] = map[string]any{"a": "admin"} }), "unknown role"},
		{"documents as a list", good(func(c jwt.MapClaims) { c["documents"] = []string{"a"} }), "can't be read"},
		{"not a token", "nonsense", "can't be read"},
		{"a ticket", "e30.e30", "can't be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := f
			f.t = t
			_, err := f.ask("GET", "/", f.Authenticate, "Authorization", "Bearer "+c.token)
			if status(err) != 401 || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("got %v, want 401 with %q", err, c.reason)
			}
		})
	}
	for _, header := range []string{"Bearer", "Bearer ", "Basic YTpi", good(nil)} {
		if _, err := f.ask("GET", "/", f.Authenticate, "Authorization", header); status(err) != 401 {
			t.Errorf("Authorization: %s = %v, want 401", header, err)
		}
	}
	if n := len(mustUsers(t, f)); n != 0 {
		t.Errorf("refused tokens made %d people", n)
	}
}

// raw signs a token whose sub is written in that JSON.
func raw(t *testing.T, sub string, f fixture) string {
	return sign(t, jwt.SigningMethodHS256, tokenSecret, f.claims(func(c jwt.MapClaims) { c["sub"] = json.RawMessage(sub) }))
}

// critical signs a token that asks for extensions.
func critical(t *testing.T, f fixture, names any) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, f.claims(nil))
	token.Header["crit"] = names
	text, err := token.SignedString(tokenSecret)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestATokenThatCounts(t *testing.T) {
	f := newFixture(t, withTokens)
	token := sign(t, jwt.SigningMethodHS256, tokenSecret, f.claims(nil))
	who, err := f.ask("POST", "/", f.Authenticate, "Authorization", "Bearer "+token, "Origin", "http://anywhere.example")
	if err != nil {
		t.Fatal(err)
	}
	if who.Name != "Ada" || who.Guest || who.Admin || who.SignIn != "" || !who.Expires.Equal(f.clock.Now().Add(time.Minute)) {
		t.Errorf("who = %+v", who)
	}
	if who.Claims["plan"] != access.Editor || who.Claims["team-*"] != access.Viewer || len(who.Claims) != 2 {
		t.Errorf("claims = %v", who.Claims)
	}
	again, err := f.ask("GET", "/", f.AuthenticateSocket, "authorization", "bearer "+sign(t, jwt.SigningMethodHS256, tokenSecret,
		f.claims(func(c jwt.MapClaims) { c["name"] = "Ada L."; delete(c, "documents") })))
	if err != nil || again.User != who.User || again.Name != "Ada L." {
		t.Errorf("the same sub is %+v (%v), want the same person by the new name", again, err)
	}
	if again.Claims == nil || len(again.Claims) != 0 {
		t.Errorf("an absent claim is %v, want an empty map, which grants nothing", again.Claims)
	}
	if len(f.ears.users) != 1 {
		t.Errorf("live sessions heard of %d changes, want 1", len(f.ears.users))
	}
}

func TestATokensPersonIsNeverAnAccount(t *testing.T) {
	f := newFixture(t, withTokens)
	account, _ := f.account("ada")
	who, err := f.ask("GET", "/", f.Authenticate, "Authorization", "Bearer "+sign(t, jwt.SigningMethodHS256, tokenSecret,
		f.claims(func(c jwt.MapClaims) { c["sub"] = "ada@example.org"; c["email"] = "ada@example.org" })))
	if err != nil || who.User == account.User || who.Admin {
		t.Errorf("the token's person is %+v (%v), want somebody else than the account", who, err)
	}
}

func TestAuthorizationIsJudgedAlone(t *testing.T) {
	f := newFixture(t, withTokens)
	_, proof := f.account("ada")
	_, err := f.ask("GET", "/", f.Authenticate, "Authorization", "Bearer nonsense", "Cookie", cookieSignIn+"="+proof.Token)
	if status(err) != 401 {
		t.Errorf("a bad token beside a good cookie = %v, want 401", err)
	}
}

func TestWithoutASecretNoTokenCounts(t *testing.T) {
	f := newFixture(t, nil)
	for _, key := range [][]byte{{}, []byte("x")} {
		token := sign(t, jwt.SigningMethodHS256, key, f.claims(nil))
		if _, err := f.ask("GET", "/", f.Authenticate, "Authorization", "Bearer "+token); status(err) != 401 {
			t.Errorf("key %q: %v, want 401", key, err)
		}
	}
}

func mustUsers(t *testing.T, f fixture) []string {
	t.Helper()
	var found []string
	for _, sub := range []string{"u-1", strings.Repeat("x", 256)} {
		if u, err := f.store.UserBySubject(context.Background(), "https://app.example", sub); err == nil {
			found = append(found, u.Name)
		}
	}
	return found
}

// A key set may sign for several applications; then only the audience tells whose token it is.
func TestKeysWithoutAnAudienceAreWarnedOf(t *testing.T) {
	for _, c := range []struct {
		tokens TokenConfig
		warned bool
	}{
		{TokenConfig{KeysURL: sealed.Of("https://app.example/keys")}, true},
		{TokenConfig{KeysURL: sealed.Of("https://app.example/keys"), Issuer: "https://app.example"}, true},
		{TokenConfig{KeysURL: sealed.Of("https://app.example/keys"), Audience: "quire"}, false},
		{TokenConfig{Secrets: []sealed.Text{sealed.Of("0123456789abcdef0123456789abcdef")}}, false}, // one secret, one application
		{TokenConfig{}, false},
	} {
		var log strings.Builder
		newFixture(t, func(cfg *Config) {
			cfg.Tokens, cfg.Log = c.tokens, slog.New(slog.NewTextHandler(&log, nil))
		})
		if got := strings.Contains(log.String(), "level=WARN") && strings.Contains(log.String(), "JWT_AUDIENCE"); got != c.warned {
			t.Errorf("%+v: the log is %q, warned %v", c.tokens, log.String(), c.warned)
		}
	}
}

// While a secret changes, tokens of the old one and of the new one count; of a third none does.
func TestTokensOfTwoSecretsCountWhileOneTakesTheOthersPlace(t *testing.T) {
	old, next := strings.Repeat("o", 32), strings.Repeat("n", 32)
	f := newFixture(t, func(c *Config) {
		c.Tokens = TokenConfig{Secrets: []sealed.Text{sealed.Of(next), sealed.Of(old)}}
	})
	for secret, counts := range map[string]bool{old: true, next: true, strings.Repeat("x", 32): false, next + "\n" + old: false} {
		claims := jwt.MapClaims{"sub": "7", "exp": f.clock.Now().Add(time.Minute).Unix()}
		signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.byBearer(context.Background(), "Bearer "+signed); (err == nil) != counts {
			t.Errorf("signed with %q: %v", secret, err)
		}
	}
}
