package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// part is one row of the table.
type part struct {
	name      string
	says      string
	run       func(context.Context) result
	meanwhile []part // run one after another while this one does
}

// result is what a part's tools reported.
type result struct {
	name     string
	took     time.Duration
	passed   int
	failures []string // one line per failed test
	skips    []string // one line per skipped test, with its reason
}

func (r *result) add(other result) {
	r.passed += other.passed
	r.failures = append(r.failures, other.failures...)
	r.skips = append(r.skips, other.skips...)
}

func failure(format string, args ...any) result {
	return result{failures: []string{fmt.Sprintf(format, args...)}}
}

// command is a program in its own process group, so that an interrupted run leaves no browser or database behind.
func command(ctx context.Context, dir string, env []string, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "NO_COLOR=1"), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// step passes if the program ends well. Its output is shown as it comes.
func step(ctx context.Context, says, dir string, name string, args ...string) result {
	cmd := command(ctx, dir, nil, name, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return failure("%s: %v", says, err)
	}
	return result{passed: 1}
}

// silent passes if the program ends well and prints nothing: `gofmt -l` lists what is wrong.
func silent(ctx context.Context, says, dir string, name string, args ...string) result {
	var out bytes.Buffer
	cmd := command(ctx, dir, nil, name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return failure("%s: %v: %s", says, err, strings.TrimSpace(out.String()))
	}
	if out.Len() > 0 {
		return failure("%s: %s", says, strings.Join(strings.Fields(out.String()), " "))
	}
	return result{passed: 1}
}

// reported runs a tool that writes its JSON report to a file, and counts from there. A tool that ends badly without
// reporting a failed test, or without a report, is a failure of its own.
func reported(ctx context.Context, says, dir string, env []string, count func(io.Reader) (result, error), report string, name string, args ...string) result {
	if err := os.MkdirAll(filepath.Dir(report), 0o755); err != nil {
		return failure("%s: %v", says, err)
	}
	os.Remove(report) // the last run's report must not be counted
	cmd := command(ctx, dir, env, name, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	ended := cmd.Run()
	file, err := os.Open(report)
	if err != nil {
		return failure("%s: no report (%v): %v", says, ended, err)
	}
	defer file.Close()
	r, err := count(file)
	if err != nil {
		return failure("%s: report: %v", says, err)
	}
	if ended != nil && len(r.failures) == 0 {
		r.failures = append(r.failures, fmt.Sprintf("%s: %v", says, ended))
	}
	return needTests(says, r)
}

// needTests turns a part without tests into a failure: a wrong pattern would else look like success.
func needTests(says string, r result) result {
	if r.passed == 0 && len(r.failures) == 0 {
		r.failures = append(r.failures, says+": no test ran")
	}
	return r
}
