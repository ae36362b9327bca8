//go:build !linux

package pgtest

import "syscall"

// dieWithUs cannot be had here: a test process that is killed leaves its server behind.
func dieWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
