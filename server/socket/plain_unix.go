//go:build unix

package socket

import (
	"net"
	"syscall"
)

// plainSocket returns access to the socket itself where nc is one, nil where bytes are transformed on the way.
func plainSocket(nc net.Conn) syscall.RawConn {
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

// readNow takes what is there without waiting; false means nothing is. Only then is no buffer held.
func (s *source) readNow(fd uintptr) bool {
	if s.buf == nil {
		s.hold(s.buffers.getSmall())
	}
	for {
		s.n, s.err = syscall.Read(int(fd), (*s.buf)[s.to:])
		switch s.err {
		case syscall.EINTR:
		case syscall.EAGAIN:
			s.release()
			return false
		default:
			return true
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
