package server

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"quire/collab"
	"quire/collab/wire"
	"quire/server/api"
	"quire/server/auth"
	"quire/server/problem"
	"quire/server/quota"
	"quire/server/settings"
	"quire/server/socket"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/sealed"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(described{m}, // fasthttp's own, which end within 10 s of the shutdown, or never
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

const testSecret = "0123456789abcdef0123456789abcdef"

// house is a whole server on a port of its own, over a store that outlives it.
type house struct {
	t     testing.TB
	store storage.Store
	hub   *collab.Hub
	srv   *Server
	ln    net.Listener
	base  string      // http://127.0.0.1:port, or https
	tls   *tls.Config // of clients; nil: plain
	log   *lines
	stop  func()
}

// lines keeps a log, for tests that look into it.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// newHouse serves a fresh memory store. change may be nil.
func newHouse(t testing.TB, change func(*Config)) *house {
	t.Helper()
	return openHouse(t, memory.New(), change)
}

// openHouse serves store until the test ends or h.stop is called, whichever is first; the store stays open.
func openHouse(t testing.TB, store storage.Store, change func(*Config)) *house {
	t.Helper()
	h := &house{t: t, store: store, log: &lines{}}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	formats, err := wire.Formats()
	if err != nil {
		t.Fatal(err)
	}
	if h.ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	var keeper *quota.Keeper
	h.hub, err = collab.NewHub(collab.Config{
		Store: store, Formats: formats, Secret: sealed.Of(testSecret), Log: log,
		Quota: func(ctx context.Context, doc storage.DocumentID) (int64, error) { return keeper.Room(ctx, doc) },
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Store: store, Hub: h.hub, Build: "test", Log: log,
		Auth: auth.Config{Secret: sealed.Of(testSecret), Loopback: true, Hash: auth.HashConfig{Memory: 64, Passes: 1}},
		Web: fstest.MapFS{
			"index.html":       {Data: []byte("<!doctype html><title>Quire</title>")},
			"assets/app-1a.js": {Data: []byte("export {}")},
		},
	}
	if change != nil {
		change(&cfg)
	}
	if cfg.Settings == nil {
		cfg.Settings = settings.New(store, settings.Start{
			Signup: cmp.Or(string(cfg.Auth.Signup), "open"), QuotaUser: cfg.Bounds.QuotaUser,
		})
	}
	keeper = quota.New(store, func() int64 { return cfg.Settings.Values().QuotaUser }, cfg.Bounds.QuotaApplication, cfg.Now)
	cfg.Quota = keeper
	if cfg.Auth.PublicURL == nil && (cfg.Auth.Mail.Sends() || cfg.Auth.OIDC.Issuer != "") {
		cfg.Auth.PublicURL = &url.URL{Scheme: "http", Host: h.ln.Addr().String()}
	}
	if h.srv, err = New(context.Background(), cfg); err != nil {
		t.Fatal(err)
	}
	h.serve()
	return h
}

func (h *house) serve() {
	h.t.Helper()
	h.base = "http://" + h.ln.Addr().String()
	if h.srv.certificate != nil {
		h.base = "https://" + h.ln.Addr().String()
	}
	served := make(chan error, 1)
	go func() { served <- h.srv.Serve(h.ln) }()
	h.stop = sync.OnceFunc(func() {
		ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
		defer stop()
		if err := h.srv.Drain(ctx); err != nil {
			h.t.Errorf("Drain = %v", err)
		}
		if err := <-served; err != nil {
			h.t.Errorf("Serve = %v", err)
		}
		h.hub.Close()
		h.wantNothingInUse()
	})
	h.t.Cleanup(h.stop)
}

// wantNothingInUse: whatever a test did, when everybody has left no budget has anything taken from it (P8).
func (h *house) wantNothingInUse() {
	h.t.Helper()
	if got := h.hub.InUse(); got != (collab.InUse{}) {
		h.t.Errorf("P8: everybody has left, and of the hub %+v is in use", got)
	}
	if got := h.srv.sockets.InUse(); got != (socket.InUse{}) {
		h.t.Errorf("P8: everybody has left, and of the sockets %+v is in use", got)
	}
	if got := h.srv.bodies.shares.Used(); got != 0 {
		h.t.Errorf("P8: everybody has left, and %d bytes of bodies are counted", got)
	}
	if got := h.srv.api.Exports(); got != 0 {
		h.t.Errorf("P8: everybody has left, and %d archives are counted", got)
	}
}

// caller is somebody who asks: a browser with a cookie, an application with a token, or nobody.
type caller struct {
	h      *house
	client *http.Client
	header map[string]string // sent with every request
	id     string
}

func (h *house) nobody() *caller {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: h.tls}
	h.t.Cleanup(transport.CloseIdleConnections)
	return &caller{h: h, client: &http.Client{Transport: transport, Jar: jar, Timeout: 30 * time.Second}, header: map[string]string{"Origin": h.base}}
}

// account is a new account in a browser of its own.
func (h *house) account(name string) *caller {
	h.t.Helper()
	c := h.nobody()
	res := c.do("POST", "/auth/signup", map[string]any{"name": name, "email": name + "@example.org", "password": "correct horse " + name})
	c.id = res.want(201)["id"].(string)
	return c
}

// bearer asks with a token only.
func (h *house) bearer(token string) *caller {
	c := h.nobody()
	c.header = map[string]string{"Authorization": "Bearer " + token}
	return c
}

// response is an answer, read.
type response struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	body   []byte
}

// do asks path under /api/v1 (or a path from /api, /healthz …). body is JSON unless it is a string or bytes; headers are
// name, value, name, value.
func (c *caller) do(method, path string, body any, headers ...string) response {
	c.h.t.Helper()
	if !strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "!") {
		path = "/api/v1" + path
	}
	path = strings.TrimPrefix(path, "!")
	var reader io.Reader
	contentType := ""
	switch b := body.(type) {
	case nil:
	case string:
		reader, contentType = strings.NewReader(b), "application/json"
	case []byte:
		reader, contentType = bytes.NewReader(b), "application/json"
	default:
		data, err := json.Marshal(b)
		if err != nil {
			c.h.t.Fatal(err)
		}
		reader, contentType = bytes.NewReader(data), "application/json"
	}
	req, err := http.NewRequest(method, c.h.base+path, reader)
	if err != nil {
		c.h.t.Fatal(err)
	}
	all := maps.Clone(c.header)
	if contentType != "" {
		all["Content-Type"] = contentType
	}
	for i := 0; i < len(headers); i += 2 {
		all[headers[i]] = headers[i+1]
	}
	for name, value := range all {
		if name == "Host" {
			req.Host = value
		} else if value != "" {
			req.Header.Set(name, value)
		}
	}
	res, err := c.client.Do(req)
	if err != nil {
		c.h.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.h.t.Fatal(err)
	}
	answer := response{c.h.t, method + " " + path, res.StatusCode, res.Header, data}
	if within, ok := strings.CutPrefix(res.Request.URL.Path, api.Base); ok { // where redirects led
		noteStatus(method, within, answer.status)
		if answer.kind() != "" {
			noteProblem(method, within, answer.kind())
		}
	}
	return answer
}

// want checks the status and reads the body as an object; nil where it is none.
func (r response) want(status int) map[string]any {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s = %d %s, want %d", r.what, r.status, r.body, status)
	}
	var object map[string]any
	if strings.Contains(r.header.Get("Content-Type"), "json") && len(r.body) > 0 {
		if err := json.Unmarshal(r.body, &object); err != nil {
			r.t.Fatalf("%s: %v in %s", r.what, err, r.body)
		}
	}
	return object
}

// problem checks that the answer is a problem of that status and kind, and gives the fields it names.
func (r response) problem(status int, kind string) []string {
	r.t.Helper()
	var p problem.Problem
	err := json.Unmarshal(r.body, &p)
	if r.status != status || err != nil || p.Status != status || p.Type != "urn:quire:problem:"+kind || p.Title == "" || p.Detail == "" ||
		r.header.Get("Content-Type") != problem.ContentType {
		r.t.Errorf("%s = %d %s %s (%v), want the problem %d %s", r.what, r.status, r.header.Get("Content-Type"), r.body, err, status, kind)
	}
	var fields []string
	for _, f := range p.Errors {
		fields = append(fields, f.Location)
	}
	return fields
}

// document starts one with this text and returns its id.
func (c *caller) document(text string) string {
	c.h.t.Helper()
	return c.do("POST", "/documents", map[string]any{"title": "Plan", "text": text}).want(201)["id"].(string)
}

// text is a document's content as plain text.
func (c *caller) text(id string) string {
	c.h.t.Helper()
	res := c.do("GET", "/documents/"+id+"/content?format=text", nil)
	res.want(200)
	return string(res.body)
}

// grant sets user's role on doc, past the API.
func (h *house) grant(doc, user, role string) {
	h.t.Helper()
	_, err := h.store.SetGrant(context.Background(), storage.Grant{
		Document: storage.DocumentID(doc), User: storage.UserID(user), Role: role, CreatedAt: time.Now(), Via: "link",
	}, storage.AnyRole)
	if err != nil {
		h.t.Fatal(err)
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func mustURL(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// loopbackProxies has this machine be the proxy whose word counts.
func loopbackProxies() auth.Proxies { return auth.Proxies{netip.MustParsePrefix("127.0.0.0/8")} }

// readResponse reads one answer to a request that was written by hand.
func readResponse(t testing.TB, conn io.Reader) *http.Response {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// dial opens a connection for what no client would send.
func (h *house) dial() net.Conn {
	h.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.base, "http://"))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(soon))
	return conn
}
