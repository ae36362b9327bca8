package socket

import (
	"syscall"
	"unsafe"
)

// The calls below never wait, since the net package's sockets are set not to. So the runtime is not told of them (RawSyscall):
// it would take the processor away from whoever is in the kernel for 20 µs, and bringing it back costs more than that.

// tcpInq is TCP_INQ, which Linux has since 4.18: both the option and the kind of message that a read then brings along.
const tcpInq = 36

// tellRest has each read say how much is left behind it, and reports whether it will.
func tellRest(fd int) bool { return syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, tcpInq, 1) == nil }

// readNow reads what is there into b, which is not empty. drained: there was no more then, nor the peer's end, so whoever
// waits for more need not read once again first. It is only ever said where reads tell the rest.
func readNow(fd uintptr, b []byte, tells bool) (n int, drained bool, err error) {
	if !tells {
		n, err = call(syscall.SYS_READ, fd, unsafe.Pointer(unsafe.SliceData(b)), uintptr(len(b)))
		return n, false, err
	}
	var told struct {
		head syscall.Cmsghdr
		rest int32
		_    int32 // messages are aligned
	}
	piece := syscall.Iovec{Base: unsafe.SliceData(b)}
	piece.SetLen(len(b))
	message := syscall.Msghdr{Iov: &piece, Iovlen: 1, Control: (*byte)(unsafe.Pointer(&told))}
	message.SetControllen(int(unsafe.Sizeof(told)))
	n, err = call(syscall.SYS_RECVMSG, fd, unsafe.Pointer(&message), 0)
	drained = err == nil && told.head.Level == syscall.IPPROTO_TCP && told.head.Type == tcpInq && told.rest == 0
	return n, drained, err
}

// writeNow writes what the socket takes.
func writeNow(fd uintptr, b []byte) (n int, err error) {
	if n, err = call(syscall.SYS_WRITE, fd, unsafe.Pointer(unsafe.SliceData(b)), uintptr(len(b))); err == syscall.EAGAIN {
		return 0, nil
	}
	return n, err
}

// call returns 0 with an error.
func call(number, fd uintptr, what unsafe.Pointer, size uintptr) (int, error) {
	for {
		n, _, errno := syscall.RawSyscall(number, fd, uintptr(what), size)
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EINTR:
		default:
			return 0, errno
		}
	}
}

// shut ends both directions of a socket, which wakes whoever waits for it. Unlike closing it waits for nobody.
func shut(fd int) { syscall.Shutdown(fd, syscall.SHUT_RDWR) }
