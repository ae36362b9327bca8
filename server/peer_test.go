package server

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// brisk is how long connections of these tests may take.
var brisk = PeerLimits{Head: 250 * time.Millisecond, Idle: 500 * time.Millisecond, Silence: 300 * time.Millisecond, Rate: 1000}

// lasts returns how long it takes until the server ends conn, to which nothing more is sent, and what came meanwhile.
func lasts(t *testing.T, conn net.Conn) (time.Duration, string) {
	t.Helper()
	begun := time.Now()
	said, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the server does not end it")
	}
	return time.Since(begun), string(said)
}

// §3.4: whoever says nothing, or only a part, is let go, by the clock and not by the last byte.
func TestASilentConnectionEnds(t *testing.T) {
	brisk := brisk
	brisk.Idle = 2 * time.Second // so long that a second head's time is not taken for it
	h := newHouse(t, func(c *Config) { c.Peers = brisk })
	ada := h.account("ada")
	const head, put = "GET /healthz HTTP/1.1\r\nHost: x\r\n", "PUT /api/v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
	for _, c := range []struct {
		name string
		sent string
		drip time.Duration // one more byte each
		want time.Duration
	}{
		{"nothing", "", 0, brisk.Head},
		{"a part of a head", head, 0, brisk.Head},
		{"a head that drips", head + "X: ", brisk.Head / 5, brisk.Head},
		{"a head without the body it announces", put, 0, brisk.Head},
		{"between two requests", head + "\r\n", 0, brisk.Idle},
		{"a second head that drips", head + "\r\n" + head + "X: ", brisk.Head / 5, brisk.Head},
	} {
		conn := h.dial()
		io.WriteString(conn, c.sent)
		stop := make(chan struct{})
		if c.drip > 0 {
			go func() {
				for {
					select {
					case <-stop:
						return
					case <-time.After(c.drip):
						conn.Write([]byte("x"))
					}
				}
			}()
		}
		took, said := lasts(t, conn)
		close(stop)
		if took < c.want*8/10 || took > c.want+1500*time.Millisecond {
			t.Errorf("%s: it lasts %v, want %v; %q", c.name, took, c.want, said)
		}
		if c.sent == "" && said != "" {
			t.Errorf("%s: it is told %q unasked", c.name, said)
		}
	}
	ada.do("GET", "/me", nil).want(200)
}

// A slow line's upload passes as long as it goes on; one that stops or trickles ends, and tells why.
func TestASlowUploadPassesAndAStalledOneEnds(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Peers = brisk })
	ada := h.account("ada")
	id := ada.document("short")
	upload := func(size, piece int, pause time.Duration) (int, time.Duration) {
		begun, text := time.Now(), large(size)
		conn := h.announce(id, fmt.Sprintf("Origin: %s\r\nIf-Match: *\r\nContent-Type: text/plain\r\nCookie: %s\r\n",
			h.base, ada.cookieOnly().header["Cookie"]), size, nil)
		go func() {
			for len(text) > 0 {
				n, err := conn.Write(text[:min(piece, len(text))])
				if err != nil {
					return
				}
				text = text[n:]
				time.Sleep(pause)
			}
		}()
		return readResponse(t, conn).StatusCode, time.Since(begun)
	}
	if status, took := upload(6000, 250, 50*time.Millisecond); status != 200 || took < 2*brisk.Silence {
		t.Errorf("slow, for %v: %d", took, status)
	}
	if status, took := upload(6000, 250, 2*brisk.Silence); status != 408 || took > 2*time.Second {
		t.Errorf("stalled, after %v: %d", took, status)
	}
	if status, took := upload(6000, 5, 20*time.Millisecond); status != 408 || took > 3*time.Second {
		t.Errorf("trickling, after %v: %d", took, status)
	}
}

// elsewhere is a connection that seems to come from another machine.
type elsewhere struct {
	net.Conn
	from net.Addr
}

func (e elsewhere) RemoteAddr() net.Addr { return e.from }

// from accepts connections as if they came from these addresses, in turn.
type from struct {
	net.Listener
	addresses chan string
}

func (l from) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	ip := net.ParseIP(<-l.addresses)
	return elsewhere{conn, &net.TCPAddr{IP: ip, Port: 1}}, nil
}

// §3.4: one address has so many connections, all together so many; the others still come in, and a place is free again when its
// connection has ended.
func TestConnectionsAreCountedByAddressAndTogether(t *testing.T) {
	addresses := make(chan string, 100)
	h := newHouse(t, func(c *Config) { c.Peers = PeerLimits{Connections: 5, PerAddress: 2}; c.Proxies = loopbackProxies() })
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := patiently(from{inner, addresses}, h.srv.peers, true, quiet())
	defer p.Close()
	accepted := make(chan net.Conn, 100)
	go func() {
		for {
			conn, err := p.Accept()
			if err != nil {
				return
			}
			accepted <- conn
		}
	}()
	var held []net.Conn
	come := func(address string) (in bool) {
		t.Helper()
		addresses <- address
		conn, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		answer := make(chan string, 1)
		go func() {
			said, _ := io.ReadAll(conn)
			answer <- string(said)
		}()
		select {
		case got := <-accepted:
			held = append(held, got)
			return true
		case said := <-answer:
			if !strings.HasPrefix(said, "HTTP/1.1 503 ") {
				t.Errorf("refused with %q", said)
			}
			return false
		}
	}
	for _, c := range []struct {
		address string
		in      bool
	}{
		{"203.0.113.1", true}, {"203.0.113.1", true}, {"203.0.113.1", false}, {"::ffff:203.0.113.1", false},
		{"2001:db8::1", true}, {"2001:db8::2", true}, {"2001:db8:0:0:1::3", false},
		{"127.0.0.1", true}, {"203.0.113.7", false}, // all places are taken
	} {
		if in := come(c.address); in != c.in {
			t.Errorf("from %s: let in %v, want %v", c.address, in, c.in)
		}
	}
	for _, conn := range held {
		conn.Close()
		conn.Close()
	}
	if used, keys := h.srv.peers.whole.Used(), h.srv.peers.addresses.Keys(); used != 0 || keys != 0 {
		t.Errorf("all have left, and %d connections from %d addresses are counted", used, keys)
	}
	for range 4 {
		if !come("127.0.0.1") { // a proxy of ours, or whoever runs the server
			t.Error("this machine is counted by its address")
		}
	}
	for _, conn := range held {
		conn.Close()
	}
}

// A socket has limits of its own: it takes no place of those who ask by HTTP, also by TLS, and keeps its own time.
func TestASocketTakesNoPlaceOfThoseWhoAsk(t *testing.T) {
	for _, secure := range []bool{false, true} {
		change := func(c *Config) { c.Peers = brisk }
		h := (*house)(nil)
		if secure {
			h = newSecureHouse(t, change).house
		} else {
			h = newHouse(t, change)
		}
		ada := h.account("ada")
		l, _ := ada.open(t, nil)
		ada.client.Transport.(*http.Transport).CloseIdleConnections()
		for end := time.Now().Add(soon); h.srv.peers.whole.Used() > 0 && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond)
		}
		if used := h.srv.peers.whole.Used(); used != 0 {
			t.Errorf("TLS %v: %d connections are counted besides the socket", secure, used)
		}
		time.Sleep(brisk.Head + brisk.Idle + brisk.Silence)
		l.send(`{"a":"pp"}`)
		l.until("an answer", func(f map[string]any) bool { return f["a"] == "pp" })
	}
}

// A handshake that stops ends like a head.
func TestASilentHandshakeEnds(t *testing.T) {
	h := newSecureHouse(t, func(c *Config) { c.Peers = brisk })
	conn, err := net.Dial("tcp", h.ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(soon))
	conn.Write([]byte{22, 3, 1})
	if took, said := lasts(t, conn); took > brisk.Head+2*time.Second {
		t.Errorf("it lasts %v; %q", took, said)
	}
	secure, err := tls.Dial("tcp", h.ln.Addr().String(), h.tls)
	if err != nil {
		t.Fatal(err)
	}
	defer secure.Close()
	secure.SetDeadline(time.Now().Add(soon))
	if took, said := lasts(t, secure); took > brisk.Head+2*time.Second || bytes.Contains([]byte(said), []byte("HTTP")) {
		t.Errorf("after a handshake it lasts %v; %q", took, said)
	}
}
