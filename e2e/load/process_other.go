//go:build !linux

package load

import "time"

// inspect knows nothing: processes are looked at through Linux' /proc.
func inspect(int) process { return process{} }

func ownCPU() time.Duration { return 0 }
