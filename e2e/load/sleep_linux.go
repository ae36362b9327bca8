package load

import (
	"syscall"
	"time"
)

// precisely sleeps with an error of about 50 µs.
func precisely(d time.Duration) {
	for left := syscall.NsecToTimespec(int64(d)); ; {
		if err := syscall.Nanosleep(&left, &left); err != syscall.EINTR {
			return
		}
	}
}
