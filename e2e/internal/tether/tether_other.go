//go:build !linux

package tether

import "os/exec"

// Tie does nothing: it is implemented only for Linux.
func Tie(*exec.Cmd) {}
