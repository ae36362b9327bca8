package main

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// dataSync waits until the disk has the file's data.
func dataSync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }

// threadTime is the processor time of the calling thread, to which its goroutine must be locked.
func threadTime() (time.Duration, bool) {
	const thread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	err := syscall.Getrusage(thread, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err == nil
}

// processTime is that of another process.
func processTime(pid int) (time.Duration, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	if err != nil {
		return 0, false
	}
	var ns int64
	_, err = fmt.Sscan(string(text), &ns)
	return time.Duration(ns), err == nil
}
