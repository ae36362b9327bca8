//go:build !linux

package main

import (
	"os"
	"time"
)

// dataSync waits until the disk has the file.
func dataSync(f *os.File) error { return f.Sync() }

// Processor time of a thread or of another process is not known here; the figures that need it are left out.
func threadTime() (time.Duration, bool) { return 0, false }

func processTime(int) (time.Duration, bool) { return 0, false }
