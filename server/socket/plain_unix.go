//go:build unix && !linux

package socket

import "syscall"

// tellRest: only Linux can.
func tellRest(int) bool { return false }

// readNow reads what is there into b. It never knows that there is no more.
func readNow(fd uintptr, b []byte, _ bool) (n int, drained bool, err error) {
	for {
		n, err = syscall.Read(int(fd), b)
		if err != syscall.EINTR {
			return max(n, 0), false, err
		}
	}
}

// writeNow writes what the socket takes.
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

// shut ends both directions of a socket, which wakes whoever waits for it. Unlike closing it waits for nobody.
func shut(fd int) { syscall.Shutdown(fd, syscall.SHUT_RDWR) }
