package server

import (
	"cmp"
	"crypto/tls"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"quire/collab/budget"
	"quire/server/auth"
)

// PeerLimits bounds the connections that ask by HTTP, of whom nobody knows yet who they are. A connection counts until it ends or becomes
// a socket, which has limits of its own. A field that is zero means its default.
type PeerLimits struct {
	Connections int // open at once; default 10,000
	PerAddress  int // from one IPv4 address or IPv6 /64 network, except this machine and Config.Proxies; default 1,000

	Head    time.Duration // for a TLS handshake and a request's head to arrive; default 10 s
	Idle    time.Duration // between two requests; default 2 min, longer than proxies keep a connection, so that they end it
	Silence time.Duration // of a body; default 30 s
	Rate    int64         // bytes per second of a body at least, after the first Silence; default 1 KiB
}

func (l PeerLimits) orDefault() PeerLimits {
	l.Connections = cmp.Or(l.Connections, 10_000)
	l.PerAddress = cmp.Or(l.PerAddress, 1_000)
	l.Head = cmp.Or(l.Head, 10*time.Second)
	l.Idle = cmp.Or(l.Idle, 2*time.Minute)
	l.Silence = cmp.Or(l.Silence, 30*time.Second)
	l.Rate = cmp.Or(l.Rate, 1<<10)
	return l
}

// peers counts the connections of all listeners.
type peers struct {
	limits    PeerLimits
	proxies   auth.Proxies
	whole     budget.Budget
	addresses budget.Each
}

func newPeers(limits PeerLimits, proxies auth.Proxies) *peers {
	limits = limits.orDefault()
	return &peers{
		limits: limits, proxies: proxies,
		whole: budget.Budget{Limit: int64(limits.Connections)}, addresses: budget.Each{Limit: int64(limits.PerAddress)},
	}
}

// begin counts a connection; nil: there are too many.
func (s *peers) begin(conn net.Conn) *peer {
	l := &peer{Conn: conn, peers: s}
	key := s.key(conn.RemoteAddr())
	if key != "" && l.holds.Take(s.addresses.Of(key), 1) == nil || l.holds.Take(&s.whole, 1) == nil {
		l.holds.End()
		return nil
	}
	return l
}

// key returns by what a connection is counted besides the whole; "": by nothing. This machine is not counted: it is whoever runs the
// server, or a proxy that TRUST_PROXY lacks, so that everybody has its address.
func (s *peers) key(from net.Addr) string {
	tcp, ok := from.(*net.TCPAddr)
	if !ok {
		return ""
	}
	ip := tcp.AddrPort().Addr().Unmap().WithZone("")
	if ip.IsLoopback() || slices.ContainsFunc(s.proxies, func(n netip.Prefix) bool { return n.Contains(ip) }) {
		return ""
	}
	return auth.Network(ip.String())
}

// peer is a connection that asks by HTTP. With paces it decides by when the next bytes have to come, and ignores what the HTTP library
// would set: that knows one deadline for a whole request, which is too long for a head and too short for a large body on a slow line.
//
// Only the goroutine that serves the connection uses it, apart from Close and, once it was handed over, the deadlines.
type peer struct {
	net.Conn
	peers *peers
	holds budget.Owner
	paces bool
	given atomic.Bool // handed over: it only passes on

	requests int
	body     bool      // a body is arriving
	begun    time.Time // it has begun
	arrived  int64     // bytes of it
}

// pace makes it decide about the time: now its first head has to arrive.
func (l *peer) pace() *peer {
	l.paces = true
	l.Conn.SetReadDeadline(time.Now().Add(l.peers.limits.Head))
	return l
}

// Read reads; while a body arrives, it waits no longer than the body may be silent, and as long as the rate is kept.
func (l *peer) Read(b []byte) (int, error) {
	if !l.body {
		return l.Conn.Read(b)
	}
	limits, now := l.peers.limits, time.Now()
	due := l.begun.Add(limits.Silence + time.Duration(l.arrived)*time.Second/time.Duration(limits.Rate))
	if silent := now.Add(limits.Silence); silent.Before(due) {
		due = silent
	}
	if err := l.Conn.SetReadDeadline(due); err != nil {
		return 0, err
	}
	n, err := l.Conn.Read(b)
	l.arrived += int64(n)
	return n, err
}

// SetReadDeadline does nothing while the peer itself decides.
func (l *peer) SetReadDeadline(t time.Time) error {
	if l.paces && !l.given.Load() {
		return nil
	}
	return l.Conn.SetReadDeadline(t)
}

// Close ends the connection.
func (l *peer) Close() error {
	l.holds.End()
	return l.Conn.Close()
}

// HandOver implements socket.Lent: it ends the count and returns the connection itself.
func (l *peer) HandOver() net.Conn {
	l.given.Store(true)
	l.holds.End()
	return l.Conn
}

// NetConn returns the connection itself.
func (l *peer) NetConn() net.Conn { return l.Conn }

// follow has the HTTP library tell peers when a request begins and ends.
func follow(server *fasthttp.Server) {
	server.ConnState = func(conn net.Conn, state fasthttp.ConnState) {
		l := peerOf(conn)
		switch {
		case l == nil:
		case state == fasthttp.StateActive:
			l.ask()
		case state == fasthttp.StateIdle:
			l.rest()
		}
	}
}

// peerOf returns the line that conn is, perhaps under TLS; nil: there is none.
func peerOf(conn net.Conn) *peer {
	if over, ok := conn.(*tls.Conn); ok {
		conn = over.NetConn()
	}
	l, _ := conn.(*peer)
	return l
}

// ask is called when the first byte of a request has arrived.
func (l *peer) ask() {
	if l.requests++; l.requests > 1 { // the first has its time since the connection began
		l.Conn.SetReadDeadline(time.Now().Add(l.peers.limits.Head))
	}
}

// upload is called when a request's body begins to be read.
func (l *peer) upload() { l.body, l.begun, l.arrived = true, time.Now(), 0 }

// rest is called when a request is answered.
func (l *peer) rest() {
	l.body = false
	l.Conn.SetReadDeadline(time.Now().Add(l.peers.limits.Idle))
}
