//go:build !unix

package server

// fileLimit returns 0, for unknown: these systems have no such limit to query.
func fileLimit() int { return 0 }
