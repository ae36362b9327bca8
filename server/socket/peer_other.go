//go:build !linux

package socket

import "net"

// keepPace does nothing: it is implemented only for Linux.
func keepPace(net.Conn) {}

// unacknowledged returns false: it is implemented only for Linux.
func unacknowledged(net.Conn) (n int, known bool) { return 0, false }
