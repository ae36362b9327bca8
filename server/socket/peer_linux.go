package socket

import (
	"net"
	"syscall"
	"unsafe"
)

// tcpNotSentLowat is TCP_NOTSENT_LOWAT of Linux, which package syscall lacks.
const tcpNotSentLowat = 25

// unsentMost is how many bytes may wait in the kernel unsent. The default, some megabytes, would take a slow line minutes:
// neither a ping nor a write's progress would mean anything, and every slow reader would hold that much of the kernel's
// memory. What is on its way to the peer is not limited by it, so fast lines are as fast.
const unsentMost = 128 << 10

// keepPace has a connection's writes follow what is really sent.
func keepPace(nc net.Conn) {
	control(nc, func(fd int) {
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, tcpNotSentLowat, unsentMost) // without it only the figures above are worse
	})
}

// unacknowledged returns how many bytes we wrote and the peer's machine has not acknowledged, if that can be known.
func unacknowledged(nc net.Conn) (n int, known bool) {
	control(nc, func(fd int) {
		var queued int32
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.TIOCOUTQ, uintptr(unsafe.Pointer(&queued)))
		n, known = int(queued), errno == 0
	})
	return n, known
}

func control(nc net.Conn, do func(fd int)) {
	socket, ok := below(nc).(syscall.Conn)
	if !ok {
		return
	}
	if raw, err := socket.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { do(int(fd)) })
	}
}
