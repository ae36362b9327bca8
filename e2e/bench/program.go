package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"time"

	"quire/e2e/internal/tail"
	"quire/e2e/internal/tether"
)

const (
	readyWithin = 30 * time.Second
	stopWithin  = 25 * time.Second // Quire drains for 20 s at most
)

// program is a child process that says when it is ready.
type program struct {
	name  string
	cmd   *exec.Cmd
	stdin io.Closer
	log   *tail.Tail
	done  chan struct{} // closed when it has ended
}

// announcement hands what a program writes on to log, and looks for the word that it is ready.
type announcement struct {
	log   *tail.Tail
	ready *regexp.Regexp // with the port as its group
	found chan string

	once sync.Once
	head bytes.Buffer
}

func (a *announcement) Write(p []byte) (int, error) {
	if a.head.Len() < 64<<10 {
		a.head.Write(p)
		if m := a.ready.FindSubmatch(a.head.Bytes()); m != nil {
			a.once.Do(func() { a.found <- string(m[1]) })
		}
	}
	return a.log.Write(p)
}

// launch starts a program and waits until it announces its port.
func launch(ctx context.Context, name string, cmd *exec.Cmd, ready *regexp.Regexp) (*program, string, error) {
	p := &program{name: name, cmd: cmd, log: tail.New(1 << 20), done: make(chan struct{})}
	a := &announcement{log: p.log, ready: ready, found: make(chan string, 1)}
	cmd.Stdout, cmd.Stderr = a, a
	stdin, err := cmd.StdinPipe() // its end is the sign that we have died
	if err != nil {
		return nil, "", err
	}
	p.stdin = stdin
	tether.Tie(cmd)
	if err := cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("%s: %w", name, err)
	}
	go func() {
		cmd.Wait()
		close(p.done)
	}()
	late := time.NewTimer(readyWithin)
	defer late.Stop()
	select {
	case port := <-a.found:
		return p, port, nil
	case <-p.done:
		return nil, "", fmt.Errorf("%s ended with %v:\n%s", name, cmd.ProcessState, p.log)
	case <-late.C:
		err = fmt.Errorf("%s was not ready within %v:\n%s", name, readyWithin, p.log)
	case <-ctx.Done():
		err = ctx.Err()
	}
	p.kill()
	return nil, "", err
}

func (p *program) pid() int { return p.cmd.Process.Pid }

// stop asks the program to end and waits until it has; what does not end is killed, and that is an error.
func (p *program) stop() error {
	p.cmd.Process.Signal(syscall.SIGTERM)
	late := time.NewTimer(stopWithin)
	defer late.Stop()
	select {
	case <-p.done:
		return nil
	case <-late.C:
		p.kill()
		return fmt.Errorf("%s did not end within %v of SIGTERM", p.name, stopWithin)
	}
}

func (p *program) kill() {
	p.cmd.Process.Kill()
	p.stdin.Close()
	<-p.done
}
