//go:build unix

package socket

import (
	"net"
	"syscall"
)

// plainSocket returns raw access to the socket if nc is a plain TCP connection, else nil (TLS).
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
