package tether

import (
	"os/exec"
	"syscall"
)

// Tie makes cmd die with the thread that starts it. Call it before cmd is started. Go keeps its threads, except when a goroutine
// that is locked to one ends: do not start cmd from such a goroutine.
func Tie(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}
