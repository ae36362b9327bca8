//go:build !linux

package delta

import "time"

var begun = time.Now()

// spent returns the elapsed time: outside Linux these tests need a quiet machine.
func spent() time.Duration { return time.Since(begun) }
