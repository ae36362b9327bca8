package server

import (
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/valyala/fasthttp"
)

func requestWith(method, path string, size int, proof bool) *fasthttp.RequestCtx {
	line, _ := net.Pipe()
	ctx := &fasthttp.RequestCtx{}
	ctx.Init2(line, nil, true)
	h := &ctx.Request.Header
	h.SetMethod(method)
	h.SetRequestURI(path)
	h.SetContentLength(size)
	if proof {
		h.Set("Cookie", "quire=x")
	}
	return ctx
}

func TestP8LargeBodiesAreBoundedTogether(t *testing.T) {
	l := newLeases()
	const path = "/api/v1/documents/x/content"
	for _, c := range []struct {
		name    string
		request *fasthttp.RequestCtx
		want    int
	}{
		{"small", requestWith("PUT", path, 1000, true), smallBody},
		{"large", requestWith("PUT", path, 5<<20, true), 5 << 20},
		{"larger than allowed", requestWith("PUT", path, 500<<20, true), largeBody},
		{"of unknown size", requestWith("PUT", path, -1, true), largeBody},
		{"large, from nobody", requestWith("PUT", path, 5<<20, false), smallBody},
		{"large, elsewhere", requestWith("POST", "/api/v1/auth/signin", 5<<20, true), smallBody},
		{"large, but changes no text", requestWith("PATCH", path, 5<<20, true), smallBody},
	} {
		if got := l.receive(c.request).MaxRequestBodySize; got != c.want {
			t.Errorf("%s: %d bytes are read, want %d", c.name, got, c.want)
		}
	}
	granted := 0
	for range 100 {
		if l.receive(requestWith("PUT", path, largeBody, true)).MaxRequestBodySize == largeBody {
			granted++
		}
	}
	if l.bodies.Used() > largeBodies || granted == 0 || granted > largeBodies/largeBody {
		t.Errorf("%d bodies of 64 MiB at once, %d bytes", granted, l.bodies.Used())
	}
}

// One connection has one lease at most, and none when the HTTP library is done with it.
func TestP8ALeaseGoesByItsConnection(t *testing.T) {
	l, library := newLeases(), &fasthttp.Server{}
	l.serve(library)
	one, other := requestWith("PUT", "/api/v1/documents/x/content", largeBody, true), requestWith("PUT", "/api/v1/documents/x/content", 5<<20, true)
	for _, c := range []struct {
		name string
		do   func()
		want int64
	}{
		{"begun", func() { library.HeaderReceived(&one.Request.Header) }, largeBody},
		{"another's too", func() { library.HeaderReceived(&other.Request.Header) }, largeBody + 5<<20},
		{"begun again", func() { library.HeaderReceived(&one.Request.Header) }, largeBody + 5<<20},
		{"waiting", func() { library.ConnState(one.Conn(), fasthttp.StateIdle) }, largeBody + 5<<20},
		{"closed", func() { library.ConnState(one.Conn(), fasthttp.StateClosed) }, 5 << 20},
		{"closed again", func() { library.ConnState(one.Conn(), fasthttp.StateClosed) }, 5 << 20},
		{"handed over", func() { library.ConnState(other.Conn(), fasthttp.StateHijacked) }, 0},
	} {
		if c.do(); l.bodies.Used() != c.want {
			t.Errorf("%s: %d bytes are counted, want %d", c.name, l.bodies.Used(), c.want)
		}
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
		"between chunks":  "Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n",
		"after the head":  "Transfer-Encoding: chunked\r\n\r\n",
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
		if got := h.left(); got != "" {
			t.Errorf("%s: lines broke, and of %s", name, got)
		}
	}
}
