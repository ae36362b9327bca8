//go:build unix && !linux

package socket

import "syscall"

// tellRest returns false: only Linux can report what is left.
func tellRest(int) bool { return false }

// readNow reads available input into b without waiting. drained is always false.
func readNow(fd uintptr, b []byte, _ bool) (n int, drained bool, err error) {
	for {
		n, err = syscall.Read(int(fd), b)
		if err != syscall.EINTR {
			return max(n, 0), false, err
		}
	}
}

// writeNow writes what the socket takes without waiting.
func writeNow(fd uintptr, b []byte) (n int, err error) {
	for {
		n, err = syscall.Write(int(fd), b)
		switch err {
		case syscall.EINTR:
		case syscall.EAGAIN:
			return 0, nil
		default:
			return max(n, 0), err
		}
	}
}

// shut shuts down both directions of a socket, which wakes everybody who waits for it. Unlike Close it does not wait.
func shut(fd int) { syscall.Shutdown(fd, syscall.SHUT_RDWR) }
