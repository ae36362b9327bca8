//go:build !unix

package socket

import (
	"errors"
	"net"
	"syscall"
)

// plainSocket: elsewhere everything goes through net.Conn.
func plainSocket(net.Conn) syscall.RawConn { return nil }

func (s *source) readNow(uintptr) bool { return true }

func writeNow(uintptr, []byte) (int, error) { return 0, errors.ErrUnsupported }
