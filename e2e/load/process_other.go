//go:build !linux

package load

import "time"

// inspect returns nothing: it is implemented only for Linux, with /proc.
func inspect(int) process { return process{} }

func ownCPU() time.Duration { return 0 }

// filesOf returns false: it is implemented only for Linux.
func filesOf(int) (limit uint64, ok bool) { return 0, false }
