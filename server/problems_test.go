package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"quire/server/api"
	"quire/server/auth"
)

// Whoever refuses, the answer is a problem that says what to do: handlers, validator, router, HTTP server, a panic.
func TestEveryProblemHasOneShape(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Migrated = func(context.Context) error { panic("a secret") } })
	ada := h.account("ada")
	id := ada.document("text")
	doc := "/documents/" + id
	for _, c := range []struct {
		name         string
		method, path string
		body         any
		header       []string
		status       int
		kind, field  string
	}{
		{"no such address", "GET", "/nope", nil, nil, 404, "no-such-path", ""},
		{"no such page", "GET", "!/nope.js", nil, nil, 404, "no-such-path", ""},
		{"wrong method", "PUT", "/me", nil, nil, 405, "method-not-allowed", ""},
		{"not JSON", "PATCH", "/me", "{", nil, 400, "malformed", "body"},
		{"no body", "PATCH", "/me", nil, nil, 400, "malformed", ""},
		{"a field of the wrong type", "PATCH", "/me", `{"name":5}`, nil, 422, "invalid", "body.name"},
		{"an unknown field", "PATCH", "/me", `{"nmae":"x"}`, nil, 422, "invalid", "body.nmae"},
		{"a field out of range", "PATCH", "/me", `{"color":12}`, nil, 422, "invalid", "body.color"},
		{"a missing field", "POST", "/auth/signin", `{"email":"x"}`, nil, 422, "invalid", "body"},
		{"a query out of range", "GET", "/documents?limit=0", nil, nil, 422, "invalid", "query.limit"},
		{"a query of the wrong kind", "GET", "/documents?scope=some", nil, nil, 422, "invalid", "query.scope"},
		{"a cursor of nobody", "GET", "/documents?cursor=xyz", nil, nil, 422, "invalid", "query.cursor"},
		{"another media type", "PATCH", "/me", "name=x", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "unsupported-media-type", "body"},
		{"text of another media type", "PUT", doc + "/content", "x", []string{"Content-Type", "text/html", "If-Match", `"r1"`}, 415, "unsupported-media-type", "header.Content-Type"},
		{"without If-Match", "PUT", doc + "/content", "[]", nil, 428, "precondition-required", "header.If-Match"},
		{"If-Match of another form", "PUT", doc + "/content", "[]", []string{"If-Match", "12"}, 412, "precondition-failed", "header.If-Match"},
		{"If-Match beyond the head", "PUT", doc + "/content", "[]", []string{"If-Match", `"r99"`}, 412, "precondition-failed", ""},
		{"a revision beyond the head", "GET", doc + "/content?revision=99", nil, nil, 412, "precondition-failed", ""},
		{"not UTF-8", "PUT", doc + "/content", "a\xff", []string{"Content-Type", "text/plain", "If-Match", `"r1"`}, 400, "malformed", "body"},
		{"an op that is none", "POST", doc + "/ops", `{"base_revision":1,"op":[{"insert":""}]}`, nil, 422, "invalid", "body.op"},
		{"an op past the end", "POST", doc + "/ops", `{"base_revision":1,"op":[{"delete":99}]}`, nil, 422, "invalid", "body.op"},
		{"a format outside the table", "POST", doc + "/ops", `{"base_revision":1,"op":[{"insert":"x","attributes":{"blink":true}}]}`, nil, 422, "invalid", "body.op"},
		{"an op beyond the head", "POST", doc + "/ops", `{"base_revision":99,"op":[{"insert":"x"}]}`, nil, 412, "precondition-failed", "body.base_revision"},
		{"an op without base", "POST", doc + "/ops", `{"op":[]}`, nil, 422, "invalid", "body.base_revision"},
		{"no op", "POST", doc + "/ops", `{"base_revision":1}`, nil, 422, "invalid", "body.op"},
		{"something after the JSON", "POST", doc + "/ops", `{"base_revision":1,"op":[]} x`, nil, 400, "malformed", "body"},
		{"from beyond the head", "GET", doc + "/ops?from=9", nil, nil, 422, "invalid", "query.from"},
		{"text and ops", "POST", "/documents", `{"text":"a","ops":[]}`, nil, 422, "invalid", "body.ops"},
		{"ops that are no document", "POST", "/documents", `{"ops":[{"retain":1}]}`, nil, 422, "invalid", "body.op"},
		{"text that is no string", "POST", "/documents", `{"text":5}`, nil, 422, "invalid", "body.text"},
		{"a long title", "POST", "/documents", `{"title":"` + strings.Repeat("t", 501) + `"}`, nil, 422, "invalid", "body.title"},
		{"a role there isn't", "POST", doc + "/links", `{"role":"owner"}`, nil, 422, "invalid", "body.role"},
		{"a short password", "POST", "/me/password", `{"current":"correct horse ada","new":"short"}`, nil, 422, "invalid", "body.new"},
		{"a wrong password", "POST", "/auth/signin", `{"email":"ada@example.org","password":"hunter2hunter2"}`, nil, 401, "wrong-credentials", ""},
		{"a foreign page", "POST", "/socket-tickets", nil, []string{"Origin", "http://evil.example"}, 403, "foreign-origin", ""},
		{"a body over the limit", "PATCH", "/me", bytes.Repeat([]byte(" "), 100_000), nil, 413, "too-large", ""},
		{"headers over the limit", "GET", "/server", nil, []string{"X-Long", strings.Repeat("x", headerBytes)}, 431, "headers-too-large", ""},
		{"a plain request to the socket", "GET", "/socket", nil, nil, 426, "upgrade-required", ""},
		{"a panic", "GET", "!/readyz", nil, nil, 500, "internal", ""},
	} {
		res := ada.do(c.method, c.path, c.body, c.header...)
		fields := res.problem(c.status, c.kind)
		if c.field != "" && !slices.Contains(fields, c.field) {
			t.Errorf("%s: the fields named are %v, want %s in %s", c.name, fields, c.field, res.body)
		}
		if bytes.Contains(res.body, []byte("hunter2")) || bytes.Contains(res.body, []byte("secret")) {
			t.Errorf("%s: the answer repeats what should stay inside: %s", c.name, res.body)
		}
	}
	if allow := ada.do("PUT", "/me", nil).header.Get("Allow"); !strings.Contains(allow, "PATCH") {
		t.Errorf("405 with Allow: %q", allow)
	}
}

// Its length and first byte are enough: the server answers without reading the rest. Whoever sends on meanwhile may
// lose the answer to the reset that unread bytes cause, so this test sends no more.
func TestABodyOverTheServersLimitIsRefusedByItsLength(t *testing.T) {
	h := newHouse(t, nil)
	conn := h.dial()
	fmt.Fprintf(conn, "POST /api/v1/auth/signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\nx", 1<<20)
	res := readResponse(t, conn)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 413 || !bytes.Contains(body, []byte("urn:quire:problem:too-large")) {
		t.Errorf("%d %s, %v; want 413, too-large", res.StatusCode, body, err)
	}
}

func TestTooManyTriesSayHowLongToWait(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.Auth.Limits = auth.LimitConfig{AddressBurst: 2, AddressEvery: time.Minute}
		c.Proxies = auth.Proxies{netip.MustParsePrefix("127.0.0.1/32")}
	})
	ada := h.account("ada")
	ada.header["X-Forwarded-For"] = "203.0.113.9"
	var last response
	for range 3 {
		last = ada.do("POST", "/auth/signin", `{"email":"x@example.org","password":"wrong"}`)
	}
	last.problem(429, "too-many-requests")
	if wait := last.header.Get("Retry-After"); wait != "60" {
		t.Errorf("Retry-After: %q, want 60", wait)
	}
}

func TestQuotas(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Bounds = api.Bounds{QuotaDocument: 2000, QuotaUser: 3000} })
	ada := h.account("ada")
	id := ada.document("text")
	long := map[string]any{"base_revision": 1, "op": []any{map[string]any{"insert": strings.Repeat("x", 1200)}}}
	ada.do("POST", "/documents/"+id+"/ops", long).want(200)
	ada.do("POST", "/documents/"+id+"/ops", long).problem(507, "quota-reached")
	ada.do("POST", "/documents", map[string]any{"text": strings.Repeat("x", 2500)}).problem(507, "quota-reached")
	ada.document("short")
}

func TestCORSIsForAllowedOriginsAndWithoutCredentials(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		withTokens(c)
		c.Auth.AllowedOrigins = []string{"https://app.example"}
	})
	ada := h.account("ada")
	app := h.bearer(token(t, "u", map[string]string{"a": "owner"}, time.Minute))
	for origin, want := range map[string]string{"https://app.example": "https://app.example", "https://evil.example": "", "": ""} {
		res := app.do("GET", "/me", nil, "Origin", origin)
		res.want(200)
		if got := res.header.Get("Access-Control-Allow-Origin"); got != want || res.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("from %q: %q, credentials %q, want %q and none", origin, got, res.header.Get("Access-Control-Allow-Credentials"), want)
		}
		preflight := h.nobody().do("OPTIONS", "/documents/x", nil, "Origin", origin, "Access-Control-Request-Method", "PATCH")
		if allowed := preflight.status == 204; allowed != (want != "") {
			t.Errorf("preflight from %q = %d", origin, preflight.status)
		}
	}
	// the cookie never counts from there, reading or writing
	ada.do("GET", "/me", nil, "Origin", "https://app.example").problem(403, "foreign-origin")
	ada.do("POST", "/documents", map[string]any{}, "Origin", "https://app.example").problem(403, "foreign-origin")
}

// TestARefusedPreflightIsExplainedInTheLog: the browser tells a page's author nothing.
func TestARefusedPreflightIsExplainedInTheLog(t *testing.T) {
	var log bytes.Buffer
	h := newHouse(t, func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	})
	for range 3 {
		h.nobody().do("OPTIONS", "/me", nil, "Origin", "https://page.example", "Access-Control-Request-Method", "GET")
	}
	said := log.String()
	if strings.Count(said, "ALLOWED_ORIGINS") != 1 || !strings.Contains(said, "origin=https://page.example") {
		t.Errorf("the log says %q, want one line that names the origin and ALLOWED_ORIGINS", said)
	}
}

func TestNobodyElsesPageSignsABrowserIn(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Auth.AllowedOrigins = []string{"https://app.example"} })
	ada := h.account("ada")
	id := ada.document("x")
	link := ada.do("POST", "/documents/"+id+"/links", map[string]any{"role": "viewer"}).want(201)["url"].(string)
	_, secret, _ := strings.Cut(link, "/s/")
	for path, body := range map[string]any{
		"/auth/signin": map[string]any{"email": "ada@example.org", "password": "correct horse ada"},
		"/auth/signup": map[string]any{"name": "Eve", "email": "eve@example.org", "password": "long enough to be one"},
		"/links/claim": map[string]any{"token": secret}, "/auth/signout": nil,
	} {
		for _, from := range [][]string{{"Origin", "https://evil.example"}, {"Origin", "https://app.example"}, {"Origin", "", "Sec-Fetch-Site", "cross-site"}} {
			res := h.nobody().do("POST", path, body, from...)
			res.problem(403, "foreign-origin")
			if res.header.Get("Set-Cookie") != "" {
				t.Errorf("%s from %v set a cookie", path, from)
			}
		}
	}
}

func TestCookieFlags(t *testing.T) {
	for _, secure := range []bool{false, true} {
		h := newHouse(t, func(c *Config) { c.Proxies = auth.Proxies{netip.MustParsePrefix("127.0.0.1/32")} })
		c := h.nobody()
		if secure {
			c.header["X-Forwarded-Proto"] = "https"
			c.header["Origin"] = strings.Replace(h.base, "http:", "https:", 1)
		}
		res := c.do("POST", "/auth/signup", map[string]any{"name": "Ada", "email": "ada@example.org", "password": "long enough to be one"})
		res.want(201)
		cookies := (&http.Response{Header: res.header}).Cookies()
		if len(cookies) != 3 {
			t.Fatalf("cookies %v", cookies)
		}
		if shown := cookies[2]; !strings.HasSuffix(shown.Name, "quire-shown") || shown.MaxAge != 600 || shown.Secure != secure || !shown.HttpOnly ||
			strings.HasPrefix(shown.Name, "__Host-") != secure || shown.Path != "/" || shown.Domain != "" {
			t.Errorf("the cookie of having shown who one is: %v", shown)
		}
		got, mark := cookies[0], cookies[1]
		name := map[bool]string{false: "quire", true: "__Host-quire"}[secure]
		if mark.Name != name+"-browser" || mark.Secure != secure || !mark.HttpOnly || mark.SameSite != http.SameSiteLaxMode ||
			mark.Path != "/" || mark.Domain != "" {
			t.Errorf("on https %v the browser's mark is %+v", secure, mark)
		}
		if got.Name != name || got.Secure != secure || !got.HttpOnly || got.SameSite != http.SameSiteLaxMode || got.Path != "/" ||
			got.Domain != "" || got.MaxAge > 30*24*3600 || got.MaxAge < 30*24*3600-60 || len(got.Value) != 43 {
			t.Errorf("on https %v the cookie is %+v", secure, got)
		}
		cleared := c.do("POST", "/auth/signout", nil, "Cookie", name+"="+got.Value)
		cleared.want(204)
		if out := (&http.Response{Header: cleared.header}).Cookies(); len(out) != 1 || out[0].Name != name || out[0].MaxAge >= 0 {
			t.Errorf("signing out gives %v", out)
		}
		c.do("GET", "/me", nil, "Cookie", name+"="+got.Value).problem(401, "signed-out")
	}
}
