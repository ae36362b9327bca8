package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"quire/server/mail"
	"quire/server/mail/mailtest"
)

// secretsHouse is a server with everything that knows secrets, its log at debug.
func secretsHouse(t *testing.T) (*house, *provider, *mailtest.Server) {
	t.Helper()
	p, s := newProvider(t), mailtest.Start(t, false, nil)
	h := newHouse(t, func(c *Config) {
		withTokens(c)
		p.config(c)
		post, err := mail.New(mail.Config{Host: s.Host, Port: s.Port, From: "q@example.org", Security: mail.Plain, Log: c.Log})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { post.Close(t.Context()) })
		c.Auth.Mail = post
	})
	return h, p, s
}

// everySecret has the server make one of each kind, uses it as it is meant, and gives them by name.
func everySecret(t *testing.T, h *house, ada *caller, p *provider, s *mailtest.Server) map[string]string {
	t.Helper()
	verification := code(t, h, s.Next(t), "verify")
	all := map[string]string{
		"password": "correct horse ada", "verification code": verification, "key of the server": testSecret, "key of an application": appSecret,
		"client secret": clientSecret, "sign-in": cookieOf(h, ada, "quire"), "set-up code": "a-set-up-code-of-this-server",
	}
	ada.do("POST", "/auth/verify", map[string]any{"code": verification}).want(200)
	h.nobody().do("POST", "/auth/signin", map[string]any{"email": "ada@example.org", "password": all["password"]}).want(200)
	h.nobody().do("POST", "/auth/reset-request", map[string]any{"email": "ada@example.org"}).want(202)
	all["reset code"] = code(t, h, s.Next(t), "reset")

	doc := ada.document("text")
	_, all["link"] = ada.link(doc, "viewer")
	_, all["invitation"] = ada.invitation(doc, "x@example.org", "viewer")
	_, proof, _ := strings.Cut(plainText(s.Next(t)), all["invitation"]+"#")
	all["proof of an invitation's letter"] = proof[:24]
	h.nobody().do("POST", "/auth/signup", signUpForm("cy")).want(202)
	all["code of a new account"] = code(t, h, s.Next(t), "confirm")
	h.nobody().do("POST", "/links/claim", map[string]any{"token": all["link"]}).want(200)
	h.nobody().do("POST", "/invitations/preview", map[string]any{"token": all["invitation"]}).want(200)
	for kind, page := range map[string]string{
		"link": "/s/", "invitation": "/i/", "reset code": "/reset/", "verification code": "/verify/", "code of a new account": "/confirm/", "set-up code": "/setup/",
	} { // the secrets that stand in an address by design
		h.nobody().do("GET", "!"+page+all[kind], nil, "Accept", "text/html").want(200)
	}
	api := ada.token("write")
	all["API token"] = api.secret()
	api.do("GET", "/documents", nil).want(200)
	all["application token"] = token(t, "u", map[string]string{"u-*": "owner"}, time.Minute)
	h.bearer(all["application token"]).do("GET", "/me", nil).want(200)

	all["ticket"] = ada.do("POST", "/socket-tickets", nil).want(201)["ticket"].(string)
	l, _ := h.nobody().open(t, []string{"quire", "ticket." + all["ticket"]})
	l.send(`{"a":"pp"}`)
	l.until("an answer", func(f map[string]any) bool { return f["a"] == "pp" })
	throughOIDC(t, h, p, all)
	ada.do("PUT", "/me/picture", pngOf(t, 4, 4), "Content-Type", "image/png").want(200)
	return all
}

// throughOIDC goes to the provider and back, rightly and wrongly, and notes what was secret on the way.
func throughOIDC(t *testing.T, h *house, p *provider, all map[string]string) {
	t.Helper()
	p.person("42", "bob@example.org", true)
	c := h.nobody()
	_, toProvider := c.follow("/api/v1/auth/oidc/start")
	all["OIDC flow"] = cookieOf(h, c, "quire-oidc")
	var kept struct{ S, N, V string }
	if err := json.Unmarshal(decoded(t, strings.Split(all["OIDC flow"], ".")[0]), &kept); err != nil {
		t.Fatal(err)
	}
	all["OIDC state"], all["OIDC nonce"], all["OIDC verifier"] = kept.S, kept.N, kept.V
	_, callback := c.follow(toProvider)
	back, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	all["OIDC code"] = back.Query().Get("code")
	h.nobody().follow(callback) // another browser
	if _, at := c.follow(callback); at != "/" {
		t.Fatalf("the right way back leads to %s", at)
	}
	c.follow(callback) // used
	// a provider that repeats in its errors what it was asked with
	p.person("43", "", true)
	for _, path := range []string{"/token", "/userinfo"} {
		p.set(func() {
			p.instead = map[string]http.HandlerFunc{path: func(w http.ResponseWriter, r *http.Request) {
				r.ParseForm()
				http.Error(w, r.Header.Get("Authorization")+" "+r.Form.Encode(), http.StatusInternalServerError)
			}}
		})
		other := h.nobody()
		callback := other.toCallback("/")
		u, _ := url.Parse(callback)
		all["code sent to "+path] = u.Query().Get("code")
		if at := fate(other.follow(callback)); at != "/signin?refused=provider" {
			t.Errorf("%s fails: %s", path, at)
		}
	}
	all["access token"] = "an access token"
	p.set(func() { p.instead, p.spoil = nil, func(c jwt.MapClaims) { c["nonce"] = "a nonce of somebody else" } })
	all["foreign nonce"] = "a nonce of somebody else"
	h.nobody().throughProvider("/")
}

func fate(_ int, location string) string { return location }

// misuses are the ways in which a secret comes where it does not belong: each a request, by somebody signed in or not.
func misuses(c *caller, secret string) []response {
	q := url.QueryEscape(secret)
	inPath := url.PathEscape(secret)
	var got []response
	for _, path := range []string{
		"!/" + inPath, "!/d/" + inPath, "!/assets/" + inPath + ".js", "!/s/" + inPath + "/x", "!/api/" + inPath, "/" + inPath, "/documents/" + inPath,
		"/documents/" + inPath + "/content", "/me?token=" + q, "/me?" + q, "/documents?cursor=" + q, "/socket?access_token=" + q,
		"/auth/oidc/callback?state=" + q + "&code=" + q, "/auth/oidc/callback?state=x&error=" + q, "/auth/verify/" + inPath, "!/healthz?" + q,
		"/documents?limit=" + q,
	} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			got = append(got, c.do(method, path, nil, "Accept", "text/html"))
		}
	}
	for _, header := range []string{
		"Cookie", "Origin", "Referer", "User-Agent", "X-Request-Id", "X-Forwarded-For", "X-Forwarded-Host", "If-Match", "Idempotency-Key",
		"Content-Type", "Accept", "Sec-WebSocket-Protocol", "Accept-Language", "Access-Control-Request-Method",
	} {
		for _, value := range []string{secret, "quire=" + secret, "ticket." + secret} {
			got = append(got, c.do("GET", "/me", nil, header, value), c.do("OPTIONS", "/me", nil, header, value),
				c.do("POST", "/documents", `{"title":5}`, header, value), c.do("GET", "/socket", nil, header, value))
		}
	}
	for _, value := range []string{secret, "Bearer " + secret + "x", "Bearer  x" + secret, "Basic " + secret, "Bearer qt_" + secret} {
		got = append(got, c.do("GET", "/me", nil, "Authorization", value), c.do("GET", "/socket", nil, "Authorization", value,
			"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="))
	}
	return got
}

// misusedBodies sends a secret to every operation: in its path, and in bodies that are not what it takes.
func misusedBodies(c *caller, operations []apiOperation, secret string) []response {
	quoted, _ := json.Marshal(secret)
	s := string(quoted)
	var got []response
	for _, o := range operations {
		if o.id == "sign-out" || o.id == "delete-me" || !o.unsafe() {
			continue
		}
		path := strings.ReplaceAll(o.path, "{id}", url.PathEscape(secret))
		for _, body := range []string{
			`{"token":` + s + `,"code":` + s + `,"password":[` + s + `],"email":` + s + `,"role":` + s + `,"op":` + s + `}`,
			`{` + s + `:1}`, `{"token":` + s[:len(s)-1], s, `[{"insert":` + s + `,"x":1}]`,
		} {
			got = append(got, c.do(o.method, o.fillPath(path), body))
		}
	}
	return got
}

// fillPath fills what parameters are left in path.
func (o apiOperation) fillPath(path string) string {
	o.path = path
	return o.fill(nil)
}

// cookieOf is a cookie that c's browser keeps.
func cookieOf(h *house, c *caller, name string) string {
	h.t.Helper()
	u, err := url.Parse(h.base)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, cookie := range c.client.Jar.Cookies(u) {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	h.t.Fatalf("there is no cookie %s", name)
	return ""
}
