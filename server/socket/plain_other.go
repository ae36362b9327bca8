//go:build !unix

package socket

import (
	"errors"
	"net"
	"syscall"
)

// plainSocket returns nil: outside Unix all reads and writes go through net.Conn.
func plainSocket(net.Conn) syscall.RawConn { return nil }

func tellRest(int) bool { return false }

func readNow(uintptr, []byte, bool) (int, bool, error) { return 0, false, errors.ErrUnsupported }

func writeNow(uintptr, []byte) (int, error) { return 0, errors.ErrUnsupported }

func shut(int) {}
