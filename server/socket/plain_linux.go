package socket

import (
	"syscall"
	"unsafe"
)

// The calls below never block, since the net package's sockets are non-blocking. So they are RawSyscalls, which the runtime does
// not notice: it takes the processor from a goroutine that is in the kernel for 20 µs, and getting it back costs more than that.

// tcpInq is TCP_INQ, in Linux since 4.18: the number of the socket option and of the control message that a read then returns.
const tcpInq = 36

// tellRest makes each read report how many bytes are left to read. It returns false if the kernel cannot.
func tellRest(fd int) bool { return syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, tcpInq, 1) == nil }

// readNow reads available input into b, which must not be empty, without waiting. drained means that nothing was left, not even
// the end of input, so that the caller can wait without reading again; it is true only with tells, the result of tellRest.
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

// writeNow writes what the socket takes without waiting.
func writeNow(fd uintptr, b []byte) (n int, err error) {
	if n, err = call(syscall.SYS_WRITE, fd, unsafe.Pointer(unsafe.SliceData(b)), uintptr(len(b))); err == syscall.EAGAIN {
		return 0, nil
	}
	return n, err
}

// call makes a system call and repeats it while it is interrupted. With an error it returns 0.
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

// shut shuts down both directions of a socket, which wakes everybody who waits for it. Unlike Close it does not wait.
func shut(fd int) { syscall.Shutdown(fd, syscall.SHUT_RDWR) }
