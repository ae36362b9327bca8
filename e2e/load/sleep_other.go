//go:build !linux

package load

import "time"

// precisely sleeps as precisely as Go's timers can.
func precisely(d time.Duration) { time.Sleep(d) }
