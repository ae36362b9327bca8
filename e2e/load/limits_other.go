//go:build !unix

package load

import "math"

// raiseFiles returns no limit: it is implemented only for Unix.
func raiseFiles() (uint64, error) { return math.MaxUint64, nil }
