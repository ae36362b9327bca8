package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"quire/server/auth"
)

// What an outsider sends before anybody knows who they are: whatever it is, the answer is no fault of ours, nothing panics, and
// nobody gets in by it. The server is the real one, over real connections; `make part PART=fuzz` gives each target its time (30 s, as in every full run).

// fuzzed serves a house whose limits do not answer in the place of what is tried.
func fuzzed(f *testing.F) *house {
	f.Helper()
	return newHouse(f, func(c *Config) {
		withTokens(c)
		c.Auth.Limits = auth.LimitConfig{AddressBurst: 1 << 30, AccountBurst: 1 << 30, LaneBurst: 1 << 30}
	})
}

// send returns the answer to a raw request; nil if the connection was closed without one.
func (h *house) send(t *testing.T, request []byte) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(soon))
	if _, err := conn.Write(request); err != nil {
		t.Fatal(err)
	}
	conn.(*net.TCPConn).CloseWrite() // what is incomplete need not be waited for
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return nil
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	if res.StatusCode >= 500 {
		t.Errorf("%d %s for %q", res.StatusCode, body, request)
	}
	return res
}

// refused checks that an answer lets nobody in.
func refused(t *testing.T, res *http.Response, request []byte) {
	t.Helper()
	if res != nil && res.StatusCode < 400 {
		t.Errorf("%d for %q", res.StatusCode, request)
	}
	if res != nil && len(res.Header.Values("Set-Cookie")) > 0 && !strings.Contains(res.Header.Get("Set-Cookie"), "=;") {
		t.Errorf("a cookie %q for %q", res.Header.Get("Set-Cookie"), request)
	}
}

// oneLine makes data the value of one header: what would end the line is tried as a request of its own by FuzzUpgrade.
func oneLine(data []byte) []byte { return bytes.Map(noBreaks, data) }

func noBreaks(r rune) rune {
	if r == '\r' || r == '\n' {
		return -1
	}
	return r
}

func FuzzToken(f *testing.F) {
	for _, seed := range []string{
		"", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "qt_", "qt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.", "eyJhbGciOiJSUzI1NiIsImtpZCI6Ii4uLyJ9.e30.AA", strings.Repeat("e", 3000),
		".", "a.b", "a.b.c.d", " ", "\x00", "qt_\x00", "qt_.", "QT_A", "=", "%", "\xff", "e30=.e30=.e30=", "bnVsbA.bnVsbA.", // null.null.
	} {
		f.Add([]byte(seed))
	}
	h := fuzzed(f)
	f.Fuzz(func(t *testing.T, token []byte) {
		request := fmt.Appendf(nil, "GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n", oneLine(token))
		refused(t, h.send(t, request), request)
	})
}

func FuzzCookie(f *testing.F) {
	for _, seed := range []string{
		"", "quire=", "quire=x", "quire=\x00", "a=b; quire=x; quire=y", "__Host-quire=x", "quire=\"x\"", strings.Repeat("quire=x;", 300),
		"quire", "=", ";", "=;=", "quire==", "quire=\"", "quire=x\"", "quire=%", "quire=%zz", "quire=%00", "quire=\xff", "quire=a.b", "quire=,", "quire= x",
		"quire=\\", "quire=" + strings.Repeat("x", 43), "quire=" + strings.Repeat("x", 9000), "quire-browser=..; quire=x", "quire-oidc=.; quire=x",
	} {
		f.Add([]byte(seed))
	}
	h := fuzzed(f)
	f.Fuzz(func(t *testing.T, cookie []byte) {
		for _, way := range []string{"GET /api/v1/me", "POST /api/v1/auth/signout", "GET /api/v1/documents"} {
			request := fmt.Appendf(nil, "%s HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nCookie: %s\r\nConnection: close\r\n\r\n", way, oneLine(cookie))
			res := h.send(t, request)
			if !strings.HasSuffix(way, "signout") { // which answers nobody in particular
				refused(t, res, request)
			}
		}
	})
}

func FuzzSignInBody(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "[]", "null", `{"email":"ada@example.org","password":"x"}`, `{"email":"ada@example.org","email":1}`, `{"email":"\ud800","password":"\u0000"}`,
		`{"email":null,"password":null}`, `{"email":"","password":""}`, `{"email":"@","password":"x"}`, `{"email":"ada","password":"x"}`,
		`{"email":"a@b@c","password":"x"}`, `{"email":"ada@example.org"}`, `{"EMAIL":"x","Email":"y","password":"x"}`, `{"email":"x","password":"x"}{}`, "\ufeff{}",
		strings.Repeat("[", 5000), `{"email":` + strings.Repeat("9", 400) + `}`, "\xff\xfe",
	} {
		f.Add([]byte(seed))
	}
	h := fuzzed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		request := fmt.Appendf(nil, "POST /api/v1/auth/signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
		refused(t, h.send(t, request), request)
	})
}

func FuzzUpgrade(f *testing.F) {
	const sound = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	const own = sound + "Origin: http://x\r\n" // from our own page, where a cookie counts
	for _, seed := range []string{
		"", sound, sound + "Origin: http://evil.example\r\n", sound + "Sec-WebSocket-Protocol: quire, ticket.x\r\n",
		strings.Replace(sound, "13", "8", 1), strings.Replace(sound, "dGhl", "", 1), sound + "Authorization: Bearer x\r\n",
		"Upgrade: websocket\r\n\r\nGET /api/v1/me HTTP/1.1\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", sound + "Cookie: quire=x\r\n",
		own, own + "Cookie: quire=x\r\n", own + "Cookie: quire=\r\n", sound + "Origin: null\r\n", sound + "Origin: \xff\r\n", own + "Authorization:\r\n",
		sound + "Authorization: Bearer\r\n", sound + "Authorization: Bearer qt_\r\n", sound + "Authorization: Basic eDp5\r\n",
		sound + "Sec-WebSocket-Protocol: ticket.\r\n", sound + "Sec-WebSocket-Protocol: ticket.a.b.c\r\n", sound + "Sec-WebSocket-Protocol: ,ticket. ,\r\n",
		own + "Sec-WebSocket-Protocol: ,\r\n", own + "Sec-WebSocket-Extensions: permessage-deflate; =\r\n", own + "Sec-WebSocket-Key: x\r\n",
	} {
		f.Add([]byte(seed))
	}
	h := fuzzed(f)
	f.Fuzz(func(t *testing.T, headers []byte) {
		request := fmt.Appendf(nil, "GET /api/v1/socket HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", headers)
		if res := h.send(t, request); res != nil && res.StatusCode == http.StatusSwitchingProtocols {
			t.Errorf("a socket was opened without proof by %q", headers)
		}
	})
}
