package server

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

const (
	againAfter  = time.Second / 2 // after one panic: open sockets depend on some of the work (P10)
	againAtMost = time.Minute     // after many, so that the log does not fill
)

// forever runs background work until ctx ends. A panic is logged and the work started again after a pause. The pause doubles unless
// the work ran well for longer than the longest pause.
func (s *Server) forever(ctx context.Context, name string, work func(context.Context)) {
	for pause := againAfter; ; pause = min(2*pause, againAtMost) {
		begun := time.Now()
		if s.survives(name, func() { work(ctx) }) {
			return
		}
		if time.Since(begun) > againAtMost {
			pause = againAfter
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// survives runs work and reports whether it returned without a panic.
func (s *Server) survives(name string, work func()) (well bool) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("panic in the background", "work", name, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	work()
	return true
}
