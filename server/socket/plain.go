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
