package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"quire/server/socket"
)

// policy reads a content security policy.
func policy(text string) map[string]string {
	directives := map[string]string{}
	for part := range strings.SplitSeq(text, ";") {
		name, sources, _ := strings.Cut(strings.TrimSpace(part), " ")
		directives[name] = sources
	}
	return directives
}

// Pages, files, the API's answers and refusals, and what no handler knows: whatever is sent, a browser is told the same.
func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada").cookieOnly()
	answers := map[string]response{
		"page":       ada.do("GET", "!/", nil, "Accept", "text/html"),
		"deep page":  ada.do("GET", "!/d/x", nil, "Accept", "text/html"),
		"script":     ada.do("GET", "!/assets/app-1a.js", nil),
		"no file":    ada.do("GET", "!/assets/none.js", nil),
		"health":     ada.do("GET", "!/healthz", nil),
		"reader":     ada.do("GET", "/api/docs", nil),
		"no route":   ada.do("GET", "/nope", nil),
		"method":     ada.do("PUT", "/me", nil),
		"no upgrade": ada.do("GET", "/socket", nil),
	}
	for _, o := range h.operations() {
		if o.id != "sign-out" && o.id != "delete-me" {
			answers[o.method+" "+o.path] = o.ask(ada, map[string]string{"id": "nobody-made-this"})
			answers[o.method+" "+o.path+" by nobody"] = o.ask(h.nobody(), nil)
		}
	}
	for name, r := range answers {
		for header, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := r.header.Get(header); got != want {
				t.Errorf("%s (%d): %s %q, want %q", name, r.status, header, got, want)
			}
		}
		if got := r.header.Get("Referrer-Policy"); got != "same-origin" && got != "no-referrer" {
			t.Errorf("%s: Referrer-Policy %q", name, got)
		}
		if !strings.Contains(r.header.Get("Permissions-Policy"), "camera=()") || r.header.Get("X-Request-Id") == "" || r.header.Get("Server") != "" {
			t.Errorf("%s: headers %v", name, r.header)
		}
		csp := policy(r.header.Get("Content-Security-Policy"))
		for directive, want := range map[string]string{
			"default-src": "'self'", "script-src": "'self'", "style-src": "'self'", "object-src": "'none'", "base-uri": "'none'",
			"form-action": "'self'", "frame-ancestors": "'none'",
		} {
			if csp[directive] != want {
				t.Errorf("%s: %s %q, want %q", name, directive, csp[directive], want)
			}
		}
		host := strings.TrimPrefix(h.base, "http://")
		if got := csp["connect-src"]; got != "'self' ws://"+host+" wss://"+host {
			t.Errorf("%s: connect-src %q", name, got)
		}
	}
	t.Logf("FIGURE %d answers", len(answers))
}

// What a request says its host is must not widen the policy.
func TestTheHostDoesNotWidenThePolicy(t *testing.T) {
	h := newHouse(t, nil)
	for _, host := range []string{"evil.example; script-src *", "a b", "evil.example'unsafe-inline'", "*", "*.example", ""} {
		res := h.raw("GET / HTTP/1.1\r\nHost: " + host + "\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
		csp := policy(res.Header.Get("Content-Security-Policy"))
		if res.StatusCode < 400 && (csp["script-src"] != "'self'" || csp["connect-src"] != "'self'") {
			t.Errorf("Host %q: %v", host, csp)
		}
	}
}

// Proxy headers count from TRUST_PROXY only: from anybody else they change neither who asks, nor where the app is, nor how
// the cookie is named, nor which origin is our own.
func TestSpoofedProxyHeadersAreIgnored(t *testing.T) {
	t.Parallel() // it waits
	limits := func(c *Config) { c.Sockets = socket.Limits{PerAddress: 1} }
	for _, c := range []struct {
		name    string
		change  func(*Config)
		trusted bool
	}{
		{"from anybody", limits, false},
		{"from a proxy of ours", func(c *Config) { limits(c); c.Proxies = loopbackProxies() }, true},
	} {
		h := newHouse(t, c.change)
		ada := h.nobody()
		for name, value := range map[string]string{
			"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "proxied.example",
			"X-Forwarded-Ssl": "on", "Forwarded": "for=198.51.100.1;proto=https;host=forwarded.example", "X-Real-Ip": "198.51.100.2",
		} {
			ada.header[name] = value
		}
		if c.trusted {
			ada.header["Origin"] = "https://proxied.example"
		}
		res := ada.do("POST", "/auth/signup", map[string]any{"name": "ada", "email": "ada@example.org", "password": "correct horse ada"})
		res.want(201)
		cookie := res.header.Get("Set-Cookie")
		name, value, _ := strings.Cut(strings.Split(cookie, ";")[0], "=")
		ada.header["Cookie"] = name + "=" + value // the jar keeps no Secure cookie of a plain address
		if secure := strings.HasPrefix(cookie, "__Host-"); secure != c.trusted {
			t.Errorf("%s: the cookie is %q", c.name, name)
		}
		where := ada.do("GET", "/server", nil).want(200)["public_url"]
		if want := map[bool]any{false: h.base, true: "https://proxied.example"}[c.trusted]; where != want {
			t.Errorf("%s: the app is at %v, want %v", c.name, where, want)
		}
		signIn := ada.do("GET", "/me/sign-ins", nil).want(200)["items"].([]any)[0].(map[string]any)
		if want := map[bool]string{false: "127.0.0.1", true: "203.0.113.9"}[c.trusted]; signIn["address"] != want {
			t.Errorf("%s: signed in from %v, want %s", c.name, signIn["address"], want)
		}
		own := map[bool]string{false: h.base, true: "https://proxied.example"}[c.trusted]
		foreign := map[bool]string{true: h.base, false: "https://proxied.example"}[c.trusted]
		ada.do("PATCH", "/me", map[string]any{"name": "Ada"}, "Origin", own).want(200)
		ada.do("PATCH", "/me", map[string]any{"name": "Eve"}, "Origin", foreign).problem(403, "foreign-origin")
		for i, want := range []int{0, map[bool]int{false: 429, true: 0}[c.trusted]} {
			l, got := ada.open(t, nil, "Origin", own, "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i))
			if l != nil { // counted when it is served, not when it is opened
				l.send(`{"a":"pp"}`)
				l.until("an answer", func(f map[string]any) bool { return f["a"] == "pp" })
			}
			if got != want {
				t.Errorf("%s: socket %d from an address of its own = %d, want %d", c.name, i, got, want)
			}
		}
		if spoofed := strings.Contains(h.log.String(), "address=203.0.113.9"); spoofed != c.trusted {
			t.Errorf("%s: the log has the forwarded address: %v", c.name, spoofed)
		}
		h.stop()
	}
}

// raw sends bytes as they are and reads the answer.
func (h *house) raw(request string) *http.Response {
	h.t.Helper()
	conn := h.dial()
	if _, err := conn.Write([]byte(request)); err != nil {
		h.t.Fatal(err)
	}
	return readResponse(h.t, conn)
}
