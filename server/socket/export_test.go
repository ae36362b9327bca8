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
