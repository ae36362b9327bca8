package server

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

const largeBody = 64 << 20 // as api has it

// announce opens a line that says it will send a body, and sends this much of it.
func (h *house) announce(id, proof string, size int, sent []byte) net.Conn {
	h.t.Helper()
	conn := h.dial()
	fmt.Fprintf(conn, "PUT /api/v1/documents/%s/content HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %d\r\n\r\n",
		id, strings.TrimPrefix(h.base, "http://"), proof, size)
	conn.Write(sent)
	return conn
}

// §1: who only announces takes nothing from others: neither somebody that nobody knows, nor an account.
func TestP8AnnouncedBodiesTakeNoRoom(t *testing.T) {
	h := newHouse(t, nil)
	ada, eve := h.account("ada"), h.account("eve")
	id := ada.document("short")
	proof := fmt.Sprintf("Origin: %s\r\nIf-Match: \"r1\"\r\nContent-Type: text/plain\r\nCookie: %s\r\n", h.base, eve.cookieOnly().header["Cookie"])
	for _, from := range []string{"Cookie: quire=x\r\n", "Authorization: Bearer x\r\n", proof} {
		for range 9 {
			h.announce("x", from, largeBody, nil)
			h.announce("x", from, largeBody, []byte("begun"))
		}
	}
	if got := h.srv.bodies.shares.Used(); got != 0 {
		t.Errorf("announcements took %d bytes", got)
	}
	ada.do("PUT", "/documents/"+id+"/content", large(3<<20), "If-Match", `"r1"`, "Content-Type", "text/plain").want(200)
}

// Somebody whose bodies have taken their share is told so alone; the others' arrive.
func TestP8LargeBodiesAreBoundedTogether(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Bodies = 20 << 20 })
	ada, eve := h.account("ada"), h.account("eve")
	ids := map[*caller]string{ada: ada.document("short"), eve: eve.document("short")}
	proof := fmt.Sprintf("Origin: %s\r\nContent-Type: text/plain\r\nCookie: %s\r\n", h.base, eve.cookieOnly().header["Cookie"])
	held := h.announce("x", proof, largeBody, large(3<<20))
	for end := time.Now().Add(soon); h.srv.bodies.shares.Used() < 3<<20 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	put := func(c *caller) response {
		return c.do("PUT", "/documents/"+ids[c]+"/content", large(3<<20), "If-Match", `"r1"`, "Content-Type", "text/plain")
	}
	if refused := put(eve); refused.status != 429 || refused.header.Get("Retry-After") == "" {
		t.Errorf("over their share: %d %s", refused.status, refused.body)
	}
	put(ada).want(200)
	held.Close()
	for end := time.Now().Add(soon); h.srv.bodies.shares.Used() > 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	put(eve).want(200)
}

func large(size int) []byte {
	text := make([]byte, size)
	for i := range text {
		text[i] = "abcdefghijklmnop\n"[i%17]
	}
	return text
}

func TestALargeTextIsWrittenAndItsLeaseEnds(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	id := ada.document("short")
	large := large(3 << 20)
	ada.do("PUT", "/documents/"+id+"/content", large, "If-Match", `"r1"`, "Content-Type", "text/plain").want(200)
	if got := len(ada.text(id)); got < len(large) {
		t.Errorf("%d bytes came back, want %d", got, len(large))
	}
	ada.do("GET", "/documents", nil).want(200) // the one before has ended
	if got := h.srv.bodies.shares.Used(); got != 0 {
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
