package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// providerPaths are all that we ask of a provider.
var providerPaths = []string{"/.well-known/openid-configuration", "/token", "/keys", "/userinfo"}

// refusedBy signs in through a provider that answers one path in another way, and checks that it fails.
func refusedBy(t *testing.T, p *provider, path string, answer http.HandlerFunc) {
	t.Helper()
	h := newHouse(t, func(c *Config) {
		p.config(c)
		c.Auth.OIDC.Client = nil // the one that is used in life
	})
	h.account("admin")
	p.set(func() { p.instead = map[string]http.HandlerFunc{path: answer} })
	defer p.set(func() { p.instead = nil })
	c := h.nobody()
	status, at := c.follow("/api/v1/auth/oidc/start")
	if strings.HasPrefix(at, p.server.URL) {
		_, callback := c.follow(at)
		status, at = c.follow(callback)
	}
	if status != http.StatusFound || at != "/signin?refused=provider" {
		t.Errorf("%s: %d %s, want refused=provider", path, status, at)
	}
	h.stop()
	if strings.Contains(h.log.String(), clientSecret) {
		t.Errorf("%s: the log holds the client's secret", path)
	}
}

// A redirect would take the code, the access token or the client's secret to whom nobody configured.
func TestAProviderCannotSendUsElsewhere(t *testing.T) {
	var asked atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer elsewhere.Close()
	p := newProvider(t)
	p.person("42", "", true) // so that the user info is asked, too
	for _, path := range providerPaths {
		for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect} {
			for _, to := range []string{elsewhere.URL, p.server.URL + "/keys?"} {
				refusedBy(t, p, path, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to+r.URL.Path, status) })
			}
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("another server was asked %d times", n)
	}
}

// An answer without end costs a bounded part of it.
func TestAProviderCannotFillTheMemory(t *testing.T) {
	const offered = 256 << 20
	p := newProvider(t)
	p.person("42", "", true)
	for _, path := range providerPaths {
		taken := make(chan int, 10)
		refusedBy(t, p, path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"x":"`)
			part, sent := []byte(strings.Repeat("x", 1<<16)), 0
			for sent < offered {
				n, err := w.Write(part)
				if sent += n; err != nil {
					break
				}
			}
			taken <- sent
		})
		if n := <-taken; n >= offered/4 { // what lies in the sockets' buffers is not read
			t.Errorf("%s: %d MiB were taken", path, n>>20)
		}
	}
}
