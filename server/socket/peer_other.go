//go:build !linux

package socket

import (
	"net"
	"time"
)

// limitUnacknowledged: only Linux has it.
func limitUnacknowledged(net.Conn, time.Duration) {}
