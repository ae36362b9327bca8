//go:build unix

package server

import (
	"math"
	"syscall"
)

// fileLimit returns how many descriptors the process may have; 0 if unknown or practically unlimited.
func fileLimit() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || uint64(limit.Cur) > math.MaxInt32 {
		return 0
	}
	return int(limit.Cur)
}
