package server

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// §2.4: on this machine only, a page whose name the name server says is this machine reaches nothing: neither the first account, nor
// the app, nor a socket. What is this machine's own passes.
func TestAnotherSitesNameIsNotThisMachines(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Hosts = Hosts{Local: true, Names: []string{"quire.test", "Docs.Example.Test"}} })
	_, port, _ := strings.Cut(strings.TrimPrefix(h.base, "http://"), ":")
	const signup = `{"name":"Eve","email":"eve@example.org","password":"long enough to be one"}`
	for _, host := range []string{
		"evil.example", "evil.example:" + port, "EVIL.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example.", "localhost.localdomain",
		"quire.test.evil.example", "xquire.test", "[evil.example]:" + port, "0x7f.1", "2130706433",
	} {
		for request, kind := range map[string]string{
			"POST /api/v1/auth/signup": signup, "GET /api/v1/server": "", "GET /": "", "GET /d/x": "", "GET /assets/app-1a.js": "", "GET /api/v1/socket": "",
			"GET /healthz": "", "OPTIONS /api/v1/me": "", "GET /setup/x": "", "GET http://127.0.0.1/api/v1/server": "",
		} {
			headers := "Content-Type: application/json\r\n"
			if strings.Contains(request, "socket") {
				headers = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
			}
			res := h.raw(fmt.Sprintf("%s HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\n%sContent-Length: %d\r\n\r\n%s", request, host, host, headers, len(kind), kind))
			body, _ := io.ReadAll(res.Body)
			told := res.StatusCode == 421 && strings.Contains(string(body), "misdirected") && strings.Contains(string(body), "ALLOWED_HOSTS")
			if !told && res.StatusCode != 400 {
				t.Errorf("%s for %s = %d %s", request, host, res.StatusCode, body)
			}
		}
	}
	if !strings.Contains(h.log.String(), "ALLOWED_HOSTS") {
		t.Error("the log does not tell of it")
	}
	for _, host := range []string{
		"localhost", "localhost:" + port, "LocalHost:1", "localhost.", "127.0.0.1", "127.0.0.1:" + port, "[::1]:" + port, "[::1]", "192.0.2.7:9", "quire.test:" + port,
		"docs.example.test",
	} {
		for _, path := range []string{"/api/v1/server", "/"} {
			if res := h.raw("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nAccept: text/html\r\n\r\n"); res.StatusCode != 200 {
				t.Errorf("%s for %s = %d", path, host, res.StatusCode)
			}
		}
	}
	if res := h.raw("GET /healthz HTTP/1.0\r\n\r\n"); res.StatusCode != 200 {
		t.Errorf("without a name: %d", res.StatusCode)
	}
	h.nobody().do("POST", "/auth/signup", signup).want(201)
}

func TestElsewhereAnyNameIsTaken(t *testing.T) {
	h := newHouse(t, nil)
	if res := h.raw("GET /api/v1/server HTTP/1.1\r\nHost: docs.example.org\r\n\r\n"); res.StatusCode != 200 {
		t.Errorf("%d", res.StatusCode)
	}
}

func TestSecurityTxtNamesTheContacts(t *testing.T) {
	const path = "!/.well-known/security.txt"
	newHouse(t, nil).nobody().do("GET", path, nil).problem(404, "no-such-path")
	h := newHouse(t, func(c *Config) {
		c.Contacts = []string{"mailto:security@example.org", "https://example.org/security"}
		c.Auth.PublicURL = mustURL(t, "https://docs.example.org")
	})
	res := h.nobody().do("GET", path, nil)
	lines := strings.Split(string(res.body), "\n")
	if res.status != http.StatusOK || !strings.HasPrefix(res.header.Get("Content-Type"), "text/plain") || len(lines) != 5 ||
		lines[0] != "Contact: mailto:security@example.org" || lines[1] != "Contact: https://example.org/security" ||
		lines[3] != "Canonical: https://docs.example.org/.well-known/security.txt" {
		t.Fatalf("%d %s", res.status, res.body)
	}
	until, err := time.Parse(time.RFC3339, strings.TrimPrefix(lines[2], "Expires: "))
	if left := time.Until(until); err != nil || left < 100*24*time.Hour || left > 365*24*time.Hour { // RFC 9116: less than a year
		t.Errorf("%q, %v", lines[2], err)
	}
}
