package socket

import (
	"net"

	"quire/collab"
)

// New returns sockets without the upgrade before them.
func New(cfg Config) *Sockets { return newSockets(cfg) }

// Serve begins to serve a connection as if it had been upgraded; early is what came with the handshake.
func (s *Sockets) Serve(nc net.Conn, early []byte, who collab.Identity) {
	s.start(nc, early, &admission{who: who, address: "127.0.0.1"})
}

// Assembling is how many bytes of unfinished large messages are counted.
func (s *Sockets) Assembling() int64 { return s.assembling.Load() }
