package server

import (
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

func headerOf(method, path string, size int, proof bool) *fasthttp.RequestHeader {
	h := &fasthttp.RequestHeader{}
	h.SetMethod(method)
	h.SetRequestURI(path)
	h.SetContentLength(size)
	if proof {
		h.Set("Cookie", "quire=x")
	}
	return h
}

func TestP8LargeBodiesAreBoundedTogether(t *testing.T) {
	now := time.Now()
	l := newLeases(func() time.Time { return now })
	const path = "/api/v1/documents/x/content"
	for _, c := range []struct {
		name   string
		header *fasthttp.RequestHeader
		want   int
	}{
		{"small", headerOf("PUT", path, 1000, true), smallBody},
		{"large", headerOf("PUT", path, 5<<20, true), 5 << 20},
		{"larger than allowed", headerOf("PUT", path, 500<<20, true), largeBody},
		{"of unknown size", headerOf("PUT", path, -1, true), largeBody},
		{"large, from nobody", headerOf("PUT", path, 5<<20, false), smallBody},
		{"large, elsewhere", headerOf("POST", "/api/v1/auth/signin", 5<<20, true), smallBody},
		{"large, but changes no text", headerOf("PATCH", path, 5<<20, true), smallBody},
	} {
		if got := l.receive(c.header).MaxRequestBodySize; got != c.want {
			t.Errorf("%s: %d bytes are read, want %d", c.name, got, c.want)
		}
	}
	granted := 0
	for range 100 {
		if l.receive(headerOf("PUT", path, largeBody, true)).MaxRequestBodySize == largeBody {
			granted++
		}
	}
	if l.bodies.Used() > largeBodies || granted == 0 || granted > largeBodies/largeBody {
		t.Errorf("%d bodies of 64 MiB at once, %d bytes", granted, l.bodies.Used())
	}
	now = now.Add(largeTimeout + time.Second) // all lines broke
	again := headerOf("PUT", path, largeBody, true)
	if l.receive(again).MaxRequestBodySize != largeBody || l.bodies.Used() != largeBody || len(l.open) != 1 {
		t.Errorf("leases of lines that broke are kept: %d bytes", l.bodies.Used())
	}
	again.SetContentLength(10) // the HTTP library reads another request where that one was
	if l.receive(again); l.bodies.Used() != 0 {
		t.Errorf("a header that is read again has an older lease of %d bytes", l.bodies.Used())
	}
}

func TestALargeTextIsWrittenAndItsLeaseEnds(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	id := ada.document("short")
	large := make([]byte, 3<<20)
	for i := range large {
		large[i] = "abcdefghijklmnop\n"[i%17]
	}
	ada.do("PUT", "/documents/"+id+"/content", large, "If-Match", `"r1"`, "Content-Type", "text/plain").want(200)
	if got := len(ada.text(id)); got < len(large) {
		t.Errorf("%d bytes came back, want %d", got, len(large))
	}
	ada.do("GET", "/documents", nil).want(200) // the one before has ended
	if got := h.srv.leases.bodies.Used(); got != 0 {
		t.Errorf("%d bytes are still leased", got)
	}
}

// A line that breaks while a large body arrives gives its room back at once, however it breaks: the next one finds room.
func TestP8ALeaseEndsWithALineThatBreaks(t *testing.T) {
	h := newHouse(t, nil)
	for name, rest := range map[string]string{
		"length told":     fmt.Sprintf("Content-Length: %d\r\n\r\nbegun", largeBody),
		"within a chunk":  "Transfer-Encoding: chunked\r\n\r\nffff\r\nbegun",
		"no chunk":        "Transfer-Encoding: chunked\r\n\r\nno number\r\n",
		"before trailers": "Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n0\r\n",
		"asks to go on":   fmt.Sprintf("Expect: 100-continue\r\nContent-Length: %d\r\n\r\n", largeBody),
	} {
		for range 3 {
			conn := h.dial()
			fmt.Fprintf(conn, "PUT /api/v1/documents/x/content HTTP/1.1\r\nHost: x\r\nCookie: quire=x\r\n%s", rest)
			conn.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, conn) // until the server has closed
			conn.Close()
		}
		if got := h.srv.leases.bodies.Used(); got != 0 {
			t.Errorf("%s: %d MiB are counted for lines that broke", name, got>>20)
		}
	}
}
