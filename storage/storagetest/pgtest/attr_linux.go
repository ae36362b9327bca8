package pgtest

import "syscall"

// dieWithUs has the kernel stop the server at once when the process that started it ends, however it ends.
func dieWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT} }
