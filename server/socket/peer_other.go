//go:build !linux

package socket

import "net"

// keepPace: only Linux can.
func keepPace(net.Conn) {}

// unacknowledged cannot be known here.
func unacknowledged(net.Conn) (n int, known bool) { return 0, false }
