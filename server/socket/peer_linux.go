package socket

import (
	"net"
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of Linux, which package syscall lacks.
const tcpUserTimeout = 0x12

// limitUnacknowledged has the kernel give a connection up when bytes stay unacknowledged for d: a peer that vanished in
// the middle of a large frame is noticed although the kernel goes on buffering.
func limitUnacknowledged(nc net.Conn, d time.Duration) {
	if below, ok := nc.(interface{ NetConn() net.Conn }); ok { // TLS
		nc = below.NetConn()
	}
	tcp, ok := nc.(interface {
		SyscallConn() (syscall.RawConn, error)
	})
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) { // best effort: pings notice the peer too, later
		syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(d.Milliseconds()))
	})
}
