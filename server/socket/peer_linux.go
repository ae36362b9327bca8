package socket

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// unsentMost is how many bytes may wait in the kernel unsent. The default, some megabytes, would take a slow line minutes:
// neither a ping nor a write's progress would mean anything, and every slow reader would hold that much of the kernel's
// memory. What is on its way to the peer is not limited by it, so fast lines are as fast.
const unsentMost = 128 << 10

// keepPace has a connection's writes follow what is really sent.
func keepPace(nc net.Conn) {
	control(nc, func(fd int) {
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsentMost) // without it only the figures above are worse
	})
}

// unacknowledged returns how many bytes we wrote and the peer's machine has not acknowledged, if that can be known.
func unacknowledged(nc net.Conn) (n int, known bool) {
	control(nc, func(fd int) {
		var err error
		n, err = unix.IoctlGetInt(fd, unix.SIOCOUTQ)
		known = err == nil
	})
	return n, known
}

func control(nc net.Conn, do func(fd int)) {
	if below, ok := nc.(interface{ NetConn() net.Conn }); ok { // TLS
		nc = below.NetConn()
	}
	socket, ok := nc.(syscall.Conn)
	if !ok {
		return
	}
	if raw, err := socket.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { do(int(fd)) })
	}
}
