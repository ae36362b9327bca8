package server

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"quire/server/api"
)

// §2.11: what a proxy in front may read in another way than we do is refused, and its connection ends, so that nothing behind it is
// taken for a request of somebody else. Bytes as they are, over a real connection.
func TestWhatCanBeReadInTwoWaysIsRefused(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Peers = brisk })
	ada := h.account("ada")
	cookie := "Origin: " + h.base + "\r\nCookie: " + ada.cookieOnly().header["Cookie"] + "\r\n"
	host := "Host: " + strings.TrimPrefix(h.base, "http://") + "\r\n"
	const smuggled = "PATCH /api/v1/me HTTP/1.1\r\n"
	rename := func(name string) string { return fmt.Sprintf("{\"name\":%q}", name) }
	inner := rename("smuggled")
	second := smuggled + host + cookie + fmt.Sprintf("Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(inner), inner)
	post := func(headers, body string) string {
		return "POST /api/v1/documents HTTP/1.1\r\n" + host + cookie + "Content-Type: application/json\r\n" + headers + "\r\n" + body
	}
	get := func(headers string) string { return "GET /api/v1/me HTTP/1.1\r\n" + host + cookie + headers + "\r\n" }
	for name, request := range map[string]string{
		"length and chunks":             post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
		"chunks and length":             post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
		"two lengths":                   post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}"),
		"the same length twice":         post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"),
		"a list of lengths":             post("Content-Length: 2, 2\r\n", "{}"),
		"a length with a sign":          post("Content-Length: +2\r\n", "{}"),
		"a negative length":             post("Content-Length: -2\r\n", "{}"),
		"a length in hex":               post("Content-Length: 0x2\r\n", "{}"),
		"an empty length":               post("Content-Length: \r\n", ""),
		"two codings":                   post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
		"a list of codings":             post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
		"identity":                      post("Transfer-Encoding: identity\r\nContent-Length: 2\r\n", "{}"),
		"identity without a length":     post("Transfer-Encoding: identity\r\n", ""),
		"an unknown coding":             post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
		"a coding of HTTP/1.0":          strings.Replace(post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), "HTTP/1.1", "HTTP/1.0", 1),
		"a space before the colon":      post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
		"a tab before the colon":        post("Content-Length\t: 2\r\n", "{}"),
		"a space in a name":             get("X Y: z\r\n"),
		"a name of nothing":             get(": z\r\n"),
		"no colon":                      get("Transfer-Encoding\r\n"),
		"a line folded":                 get("X: a\r\n b\r\n"),
		"a line folded by a tab":        get("X: a\r\n\tb\r\n"),
		"a coding folded":               post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
		"a fold at the begin":           "GET / HTTP/1.1\r\n X: y\r\n" + host + "\r\n",
		"a line that LF ends":           get("X: a\nY: b\r\n"),
		"a coding that LF ends":         post("Transfer-Encoding: chunked\n", "0\r\n\r\n"),
		"a head that LF ends":           strings.TrimSuffix(get("X: a\r\n"), "\r\n") + "\n\r\n",
		"LF alone":                      strings.ReplaceAll(get(""), "\r\n", "\n"),
		"a CR in a value":               get("X: a\rY: b\r\n"),
		"a NUL in a value":              get("X: a\x00b\r\n"),
		"a NUL in a name":               get("X\x00: a\r\n"),
		"two hosts":                     get("Host: evil.example\r\n"),
		"no host":                       "GET /api/v1/me HTTP/1.1\r\n" + cookie + "\r\n",
		"a host with a user":            "GET /api/v1/me HTTP/1.1\r\nHost: x@evil.example\r\n\r\n",
		"another host in the address":   strings.Replace(get(""), "GET /", "GET http://evil.example/", 1),
		"another version":               strings.Replace(get(""), "HTTP/1.1", "HTTP/1.2", 1),
		"HTTP/2":                        strings.Replace(get(""), "HTTP/1.1", "HTTP/2.0", 1),
		"a version in small letters":    strings.Replace(get(""), "HTTP/1.1", "http/1.1", 1),
		"no version":                    "GET /api/v1/me\r\n" + host + "\r\n",
		"two spaces":                    strings.Replace(get(""), "GET ", "GET  ", 1),
		"a tab in the address":          strings.Replace(get(""), "/me", "/m\te", 1),
		"a chunk's size with 0x":        post("Transfer-Encoding: chunked\r\n", "0x2\r\n{}\r\n0\r\n\r\n"),
		"a chunk's size with a sign":    post("Transfer-Encoding: chunked\r\n", "+2\r\n{}\r\n0\r\n\r\n"),
		"a negative chunk":              post("Transfer-Encoding: chunked\r\n", "-2\r\n{}\r\n0\r\n\r\n"),
		"a chunk of no size":            post("Transfer-Encoding: chunked\r\n", "\r\n{}\r\n0\r\n\r\n"),
		"a chunk without end":           post("Transfer-Encoding: chunked\r\n", "2\r\n{}0\r\n\r\n"),
		"a chunk that LF ends":          post("Transfer-Encoding: chunked\r\n", "2\n{}\r\n0\r\n\r\n"),
		"a chunk's body that LF ends":   post("Transfer-Encoding: chunked\r\n", "2\r\n{}\n0\r\n\r\n"),
		"an extension with LF":          post("Transfer-Encoding: chunked\r\n", "2;a\nb\r\n{}\r\n0\r\n\r\n"),
		"a space before a chunk's size": post("Transfer-Encoding: chunked\r\n", " 2\r\n{}\r\n0\r\n\r\n"),
		"a chunk too large to count":    post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff2\r\n{}\r\n0\r\n\r\n"),
		"a length in the trailer":       post("Transfer-Encoding: chunked\r\nTrailer: Content-Length\r\n", "2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n"),
		"a body with an upgrade": "GET /api/v1/socket HTTP/1.1\r\n" + host + cookie + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 2\r\n\r\n{}",
	} {
		conn := h.dial()
		io.WriteString(conn, request+second)
		first := readResponse(t, conn)
		body, _ := io.ReadAll(first.Body)
		if first.StatusCode < 400 || first.StatusCode > 431 || first.StatusCode == 401 || first.StatusCode == 403 {
			t.Errorf("%s: %d %s", name, first.StatusCode, body)
		}
		if !first.Close {
			t.Errorf("%s: the connection stays; %d %s", name, first.StatusCode, body)
		}
		if rest, _ := io.ReadAll(conn); len(rest) > 0 {
			t.Errorf("%s: something more is answered: %s", name, rest)
		}
		wantProtected(t, name, first)
		conn.Close()
	}
	if got := ada.do("GET", "/me", nil).want(200)["name"]; got != "ada" {
		t.Errorf("a request that was hidden in another was carried out: the name is %v", got)
	}
}

// wantProtected checks that an answer has the headers that every answer has.
func wantProtected(t *testing.T, name string, r *http.Response) {
	t.Helper()
	for header, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Content-Security-Policy": "default-src 'self'", "Referrer-Policy": "same-origin",
		"Cache-Control": "no-store", "X-Request-Id": "", "Content-Type": "application/problem+json",
	} {
		if got := r.Header.Get(header); got == "" || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %d has %s %q", name, r.StatusCode, header, got)
		}
	}
}

// What is plain passes: chunks, their extensions, pipelined requests, an address with its own host.
func TestWhatIsPlainIsTaken(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	host := strings.TrimPrefix(h.base, "http://")
	headers := "Host: " + host + "\r\nOrigin: " + h.base + "\r\nCookie: " + ada.cookieOnly().header["Cookie"] + "\r\n"
	chunked := "POST /api/v1/documents HTTP/1.1\r\n" + headers + "Content-Type: application/json\r\nTransfer-Encoding: Chunked\r\n\r\n" +
		"1;a=b\r\n{\r\nA\r\n\"title\":\"x\r\n2\r\n\"}\r\n0\r\nX-Sum: 1\r\n\r\n"
	get := "GET http://" + strings.ToUpper(host) + "/api/v1/me HTTP/1.1\r\n" + headers + "X-Empty:\r\n\r\n"
	conn := h.dial()
	io.WriteString(conn, chunked+get+chunked+get)
	reader := io.Reader(conn)
	for i, want := range []int{201, 200, 201, 200} {
		res := readOne(t, &reader)
		if res.StatusCode != want {
			t.Errorf("request %d: %d", i, res.StatusCode)
		}
	}
}

// §2.11: refusals that are written before any handler carry what every answer does.
func TestEarlyRefusalsAreProtectedToo(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Peers = brisk })
	for name, c := range map[string]struct {
		request string
		status  int
	}{
		"not HTTP":           {"hello\r\n\r\n", 400},
		"headers too large":  {"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", headerBytes) + "\r\n\r\n", 431},
		"a body too large":   {"POST /api/v1/auth/signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999999\r\n\r\nx", 413},
		"an unknown method":  {"BREW /api/v1/me HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"a head that stops":  {"GET /api/v1/me HTTP/1.1\r\nHost: x\r\n", 408},
		"a body that stops":  {"POST /api/v1/auth/signin HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nx", 408},
		"a body that breaks": {"POST /api/v1/auth/signin HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}x", 400},
	} {
		conn := h.dial()
		io.WriteString(conn, c.request)
		res := readResponse(t, conn)
		io.Copy(io.Discard, res.Body)
		if res.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, c.status)
		}
		wantProtected(t, name, res)
		if id := res.Header.Get("X-Request-Id"); !strings.Contains(h.log.String(), "id="+id) {
			t.Errorf("%s: the log does not have %q", name, id)
		}
		conn.Close()
	}
}

// §2.11: however an address of the API is written, an answer to it is either kept by nobody or is none of the API's.
func TestAnAddressIsWhatIsRouted(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Auth.AllowedOrigins = []string{"https://app.example"} })
	ada := h.account("ada")
	for _, path := range []string{
		"/api/v1/me", "/API/v1/me", "/api/V1/me", "/Api/v1/Me", "/api/v1/me/", "/api/v1/me//", "//api/v1/me", "/api//v1/me", "/%61pi/v1/me", "/api%2fv1/me",
		"/api/v1/%6de", "/./api/v1/me", "/x/../api/v1/me", "/api/v1/x/../me", "/api/v1/me?x", "/api/v1/me#x", "/api\\v1\\me", "/API/openapi.json", "/API/docs",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			conn := h.dial()
			fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nAccept: text/html\r\nConnection: close\r\n\r\n", method, path, h.ln.Addr(), ada.cookieOnly().header["Cookie"])
			res, err := http.ReadResponse(readerOf(conn), &http.Request{Method: method})
			if err != nil {
				t.Fatal(path, err)
			}
			body, _ := io.ReadAll(res.Body)
			ours := strings.Contains(string(body), "ada@example.org") || strings.Contains(res.Header.Get("Content-Type"), "json") && res.StatusCode < 400
			if kept := res.Header.Get("Cache-Control"); ours && kept != "no-store" && kept != "no-cache" {
				t.Errorf("%s %s = %d with Cache-Control %q", method, path, res.StatusCode, kept)
			}
			conn.Close()
		}
	}
	ada.do("GET", "!/API/v1/me", nil, "Accept", "application/json").problem(404, "no-such-path")
	if _, ok := strings.CutPrefix(api.Base, "/api/"); !ok {
		t.Errorf("the checks of an address's begin are for /api/, and the API is at %s", api.Base)
	}
	for path, want := range map[string]string{
		"/s/token": "no-referrer", "/S/token": "no-referrer", "/%73/token": "no-referrer", "/setup/x": "no-referrer", "/SETUP/x": "no-referrer", "/d/x": "same-origin",
	} {
		if got := h.nobody().do("GET", "!"+path, nil, "Accept", "text/html").header.Get("Referrer-Policy"); got != want {
			t.Errorf("%s has Referrer-Policy %q, want %q", path, got, want)
		}
	}
}

// readOne reads the next of several answers.
func readOne(t *testing.T, from *io.Reader) *http.Response {
	t.Helper()
	buffered := readerOf(*from)
	*from = buffered
	res, err := http.ReadResponse(buffered, nil)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, res.Body)
	return res
}

func readerOf(r io.Reader) *bufio.Reader { return bufio.NewReader(r) }
