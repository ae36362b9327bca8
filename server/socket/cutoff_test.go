package socket

import (
	"crypto/tls"
	"net"
	"sync/atomic"
	"testing"

	"quire/server/tlstest"
)

// stuck is the socket of a peer that stops reading: a write then waits until the socket is closed, whatever its deadline.
type stuck struct {
	net.Conn
	reads  atomic.Bool
	closed chan struct{}
}

func (s *stuck) Write(b []byte) (int, error) {
	if s.reads.Load() {
		return s.Conn.Write(b)
	}
	<-s.closed
	return 0, net.ErrClosed
}

func (s *stuck) Close() error {
	close(s.closed)
	return s.Conn.Close()
}

// TLS's own Close writes an alert first. With it, Drain would wait for every reader that stopped, one after another.
func TestCuttingOffWaitsForNobody(t *testing.T) {
	authority := tlstest.NewAuthority(t)
	ours, theirs := net.Pipe()
	trusting := authority.Client()
	trusting.ServerName = "quire.test"
	peer := tls.Client(theirs, trusting)
	greeted := make(chan error, 1)
	go func() {
		greeted <- peer.Handshake()
		var one [1]byte
		peer.Read(one[:]) // what the server sends after the handshake
	}()
	s := &stuck{Conn: ours, closed: make(chan struct{})}
	s.reads.Store(true)
	over := tls.Server(s, authority.Issue(t, "quire.test").Server(t))
	if err := over.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-greeted; err != nil {
		t.Fatal(err)
	}
	s.reads.Store(false)
	closeUnder(over)
	<-s.closed
	theirs.Close()
}
