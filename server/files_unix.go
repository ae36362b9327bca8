//go:build unix

package server

import (
	"math"
	"syscall"
)

// fileLimit is how many descriptors the process may have; 0: not known, or as good as no limit.
func fileLimit() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || uint64(limit.Cur) > math.MaxInt32 {
		return 0
	}
	return int(limit.Cur)
}
