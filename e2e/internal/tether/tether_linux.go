package tether

import (
	"os/exec"
	"syscall"
)

// Tie makes cmd, which has not been started, die with the thread that starts it. Go keeps its threads, unless a goroutine
// that is locked to one ends: do not start from such a goroutine.
func Tie(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}
