package socket

import (
	"net"
	"syscall"
	"unsafe"
)

// tcpNotSentLowat is TCP_NOTSENT_LOWAT of Linux, which package syscall lacks.
const tcpNotSentLowat = 25

// maxUnsent is how many unsent bytes the kernel may hold. The default, some megabytes, takes minutes on a slow line: pings and
// write deadlines would say nothing about the peer, and every slow reader would hold that much kernel memory. It does not limit
// the bytes in flight, so fast lines stay fast.
const maxUnsent = 128 << 10

// keepPace makes a connection's writes wait for what is really sent. A failure is ignored: it only loses the benefits above.
func keepPace(nc net.Conn) {
	control(nc, func(fd int) {
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, tcpNotSentLowat, maxUnsent)
	})
}

// unacknowledged returns how many of the bytes written the peer's machine has not acknowledged. known is false if the kernel
// cannot say.
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
