package server

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"quire/server/auth"
	"quire/storage/sealed"
)

const appSecret = "an application's secret, 32 bytes"

func withTokens(c *Config) {
	c.Auth.Tokens = auth.TokenConfig{Secrets: []sealed.Text{sealed.Of(appSecret)}, Issuer: "https://app.example", Audience: "quire"}
}

// token is what the embedding application would issue; documents nil leaves the claim out.
func token(t testing.TB, sub string, documents map[string]string, lasts time.Duration) string {
	t.Helper()
	claims := jwt.MapClaims{
		"iss": "https://app.example", "aud": "quire", "sub": sub, "name": "App " + sub, "exp": time.Now().Add(lasts).Unix(),
	}
	if documents != nil {
		claims["documents"] = documents
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(appSecret))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestATokenReachesWhatItsClaimCoversAndNothingElse(t *testing.T) {
	h := newHouse(t, withTokens)
	ada := h.account("ada")
	plan := ada.document("Ada's own")
	writer := h.bearer(token(t, "w", map[string]string{"team-*": "editor", "fixed": "owner"}, time.Minute))
	me := writer.do("GET", "/me", nil).want(200)
	if me["name"] != "App w" || me["email"] != nil || me["sign_in"] != "" {
		t.Errorf("me = %v", me)
	}
	h.grant(plan, me["id"].(string), "editor") // a grant, but outside the claim
	writer.do("GET", "/documents/"+plan, nil).problem(404, "not-found")
	writer.do("POST", "/documents", map[string]any{"title": "No id"}).problem(403, "forbidden")
	writer.do("POST", "/documents", map[string]any{"id": "other-1"}).problem(403, "forbidden")
	writer.do("POST", "/documents", map[string]any{"id": "team 1"}).problem(422, "invalid")
	created := writer.do("POST", "/documents", map[string]any{"id": "team-1", "text": "hello"}).want(201)
	if owner := created["owner"].(map[string]any); created["role"] != "editor" || created["id"] != "team-1" ||
		owner["application"] != true || owner["name"] != "https://app.example" || owner["id"] != "" {
		t.Errorf("created %v, want the application's, with the claim's role", created)
	}
	viewer := h.bearer(token(t, "v", map[string]string{"team-1": "viewer"}, time.Minute))
	if got := viewer.text("team-1"); got != "hello\n" {
		t.Errorf("a viewer by claim reads %q", got)
	}
	viewer.do("PUT", "/documents/team-1/content", `[]`, "If-Match", `"r1"`).problem(403, "forbidden")
	nothing := h.bearer(token(t, "n", nil, time.Minute))
	nothing.do("GET", "/documents/team-1", nil).problem(404, "not-found")
	nothing.do("POST", "/documents", map[string]any{"title": "x"}).problem(403, "forbidden")
	ada.do("POST", "/documents", map[string]any{"id": "mine"}).problem(403, "forbidden")
	if items := writer.do("GET", "/documents", nil).want(200)["items"].([]any); len(items) != 1 {
		t.Errorf("the token lists %d documents, want the one its claim covers", len(items))
	}
	writer.do("PATCH", "/me", map[string]any{"name": "Other"}).problem(403, "forbidden")
	writer.do("POST", "/me/password", map[string]any{"current": "x", "new": "long enough to be one"}).problem(403, "forbidden")
}

func TestTokensOverHTTP(t *testing.T) {
	h := newHouse(t, withTokens)
	expired := h.bearer(token(t, "u", nil, -time.Minute)).do("GET", "/me", nil)
	expired.problem(401, "signed-out")
	if expired.header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"sub": "u", "exp": time.Now().Add(time.Hour).Unix()}).
		SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	h.bearer(unsigned).do("GET", "/me", nil).problem(401, "signed-out")
	h.bearer("nonsense").do("GET", "/documents/x", nil).problem(401, "signed-out")
}

// The keys of tokens matter to those who come with one; the server is ready for everybody else.
func TestReadyzTellsHowTheTokenKeysAre(t *testing.T) {
	asked := make(chan struct{}, 1)
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		select {
		case asked <- struct{}{}:
		default:
		}
	}))
	defer keys.Close()
	h := newHouse(t, func(c *Config) { c.Auth.Tokens.KeysURL = sealed.Of(keys.URL) })
	<-asked
	if got := h.nobody().do("GET", "!/readyz", nil).want(200); got["token_keys"] != "missing" {
		t.Errorf("readyz = %v", got)
	}
	if got := newHouse(t, nil).nobody().do("GET", "!/readyz", nil).want(200); got["token_keys"] != nil {
		t.Errorf("without keys readyz = %v", got)
	}
}
