package socket

import (
	"crypto/tls"
	"net"
	"strings"

	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/server/problem"
)

// Path is the path of the sockets, below the router given to Register.
const Path = "/socket"

// Subprotocol is the subprotocol that the server accepts. A client that sends a ticket, as another one, must offer it too.
const (
	Subprotocol  = "quire"
	ticketPrefix = "ticket."
)

const admissionKey = "quire.socket"

// admission is what the upgrade passes to the connection. It refers to no memory of Fiber's.
type admission struct {
	who     collab.Identity
	address string
}

// Register serves the sockets at Path of router, which is /api/v1.
func Register(router fiber.Router, cfg Config) *Sockets {
	s := newSockets(cfg)
	upgrade := websocket.New(s.opened, websocket.Config{
		Subprotocols:    []string{Subprotocol},
		ReadBufferSize:  256, // never used: frames are read here
		WriteBufferSize: 256,
		WriteBufferPool: &s.unused,
		RecoverHandler:  s.recovered,
	})
	router.Get(Path, func(c *fiber.Ctx) error {
		if p := s.admit(c); p != nil {
			return p.Write(c)
		}
		if err := upgrade(c); err != nil {
			return upgradeRequired(c).Write(c)
		}
		return nil
	})
	return s
}

// opened runs in fasthttp's goroutine for the hijacked connection. It takes over the net.Conn and returns, which returns Fiber's
// context and both wrappers to their pools: nothing of them may be used afterwards.
func (s *Sockets) opened(ws *websocket.Conn) {
	a := ws.Locals(admissionKey).(*admission)
	nc, early := takeOver(ws.Conn.NetConn())
	s.start(nc, early, a)
}

// takeOver returns the connection below fasthttp's wrapper, and what the client sent together with the handshake, copied from
// a reader that is about to be reused.
func takeOver(wrapped net.Conn) (net.Conn, []byte) {
	inner, ok := wrapped.(interface{ UnsafeConn() net.Conn })
	if !ok {
		return wrapped, nil
	}
	early := make([]byte, 4<<10)
	nc := inner.UnsafeConn()
	if over, ok := nc.(*tls.Conn); ok {
		handOver(over.NetConn())
	} else {
		nc = handOver(nc)
	}
	wrapped.SetReadDeadline(longAgo()) // returns what is buffered, without waiting for the connection
	n, _ := wrapped.Read(early)
	nc.SetDeadline(noDeadline)
	if n == 0 {
		return nc, nil
	}
	return nc, early[:n]
}

// Lent is a connection that whoever accepted it still watches. HandOver ends that and returns the connection itself.
type Lent interface{ HandOver() net.Conn }

func handOver(nc net.Conn) net.Conn {
	if lent, ok := nc.(Lent); ok {
		return lent.HandOver()
	}
	return nc
}

// recovered handles a panic in opened. Sessions recover from their own.
func (s *Sockets) recovered(ws *websocket.Conn) {
	if p := recover(); p != nil {
		s.log.Error("socket: panic while opening", "panic", p)
		ws.Conn.NetConn().Close()
	}
}

// admit decides whether a request may be upgraded. nil means yes.
func (s *Sockets) admit(c *fiber.Ctx) *problem.Problem {
	if !c.App().Server().KeepHijackedConns {
		return problem.Internal().Caused(ErrNotTuned)
	}
	if !websocket.IsWebSocketUpgrade(c) || c.Request().Header.ConnectionClose() { // one that is to be closed is not handed over
		s.hintAtUpgrade(c)
		return upgradeRequired(c)
	}
	if s.refusing() {
		return problem.Unavailable("The server is restarting. Your client comes back by itself.").RetryAfter(restartPause)
	}
	if p := s.checkOrigin(c); p != nil {
		return p
	}
	address := s.address(c)
	if s.addresses.Full(address) {
		return problem.TooMany("Too many connections come from your address.").RetryAfter(fullPause)
	}
	who, err := s.cfg.Gate.AuthenticateSocket(c)
	if err != nil {
		return problem.From(err)
	}
	if s.users.Full(string(who.User)) {
		return problem.TooMany("You have too many connections open. Close some pages.").RetryAfter(fullPause)
	}
	c.Locals(admissionKey, &admission{who, address})
	return nil
}

// hintAtUpgrade logs why pages stay offline although REST works: a browser sent a handshake, and a proxy dropped its Upgrade header.
func (s *Sockets) hintAtUpgrade(c *fiber.Ctx) {
	if c.Get("Sec-WebSocket-Key") != "" && s.notUpgraded.Due() {
		s.log.Warn("a WebSocket came without its Upgrade header: a proxy in front does not pass Upgrade and Connection on (see SELF-HOSTING.md)",
			"upgrade", c.Get(fiber.HeaderUpgrade), "connection", c.Get(fiber.HeaderConnection), "address", s.address(c))
	}
}

// checkOrigin admits our own pages. Pages of other allowed sites, and callers that send no Origin, need a credential that no
// browser adds by itself: it removes cookies from their request.
func (s *Sockets) checkOrigin(c *fiber.Ctx) *problem.Problem {
	origin := c.Get(fiber.HeaderOrigin)
	if origin != "" && s.cfg.Gate.OwnOrigin(c, origin) {
		return nil
	}
	if origin != "" && !s.cfg.Gate.AllowedOrigin(origin) {
		if s.foreign.Due() {
			s.log.Warn("a page may not open a socket: its origin is neither this server's (see PUBLIC_URL) nor in ALLOWED_ORIGINS",
				"origin", origin, "host", c.Hostname(), "address", s.address(c))
		}
		return problem.ForeignOrigin().Because("A page of another site may not open a socket here. If you reach Quire under this address on purpose, set PUBLIC_URL or ALLOWED_ORIGINS.")
	}
	if !carriesProof(c) {
		if origin == "" {
			return problem.SignedOut("Without an Origin, a socket needs an Authorization header or a ticket.")
		}
		return problem.ForeignOrigin()
	}
	c.Request().Header.DelAllCookies()
	return nil
}

// carriesProof reports whether a request has an Authorization header or a ticket. They are verified later.
func carriesProof(c *fiber.Ctx) bool {
	if c.Get(fiber.HeaderAuthorization) != "" {
		return true
	}
	for offered := range strings.SplitSeq(c.Get("Sec-WebSocket-Protocol"), ",") {
		if strings.HasPrefix(strings.TrimSpace(offered), ticketPrefix) {
			return true
		}
	}
	return false
}

// upgradeRequired returns the problem for a request that is not a valid handshake.
func upgradeRequired(c *fiber.Ctx) *problem.Problem {
	c.Set(fiber.HeaderUpgrade, "websocket")
	return &problem.Problem{
		Type: "urn:quire:problem:upgrade-required", Title: "This address speaks WebSocket", Status: fiber.StatusUpgradeRequired,
		Detail: "Open it as a WebSocket (version 13), not with a plain request.",
	}
}
