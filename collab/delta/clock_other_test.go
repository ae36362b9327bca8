//go:build !linux

package delta

import "time"

var begun = time.Now()

// spent is the time that went by: elsewhere than on Linux these tests want a quiet machine.
func spent() time.Duration { return time.Since(begun) }
