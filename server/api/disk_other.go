//go:build !linux && !darwin

package api

// diskOf is not implemented on these systems: known is false.
func diskOf(string) (total, free int64, known bool) { return 0, 0, false }
