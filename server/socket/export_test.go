package socket

import (
	"net"
	"time"

	"quire/collab"
)

// New returns Sockets that serve connections without an upgrade.
func New(cfg Config) *Sockets { return newSockets(cfg) }

// Serve serves a connection as if it had been upgraded. early is what came with the handshake.
func (s *Sockets) Serve(nc net.Conn, early []byte, who collab.Identity) {
	s.start(nc, early, &admission{who: who, address: "127.0.0.1"})
}

// Watched is a connection that is written to and never read. The test decides when the peer's silence is judged.
type Watched struct{ c *conn }

// Watch starts to write the session's frames to a peer that was last heard from at now.
func (s *Sockets) Watch(nc net.Conn, join func(collab.Transport) Session, now time.Time) *Watched {
	c := newConn(s, nc, nil, &admission{who: collab.Identity{User: "ann"}})
	c.session = join(c)
	c.pulse.last = now
	return &Watched{c}
}

// Silent judges the peer's silence as the reader does after its deadline. nil means to read on.
func (w *Watched) Silent(now time.Time) error { return w.c.silent(now) }

// End cuts the connection off and waits for its writer.
func (w *Watched) End() {
	closeUnder(w.c.nc)
	w.c.writer.end()
	w.c.sockets.writers.Close()
}
