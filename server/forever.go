package server

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

const againAfter = time.Minute

// forever runs background work until ctx ends. A panic is logged and the work started again after a pause, because no document
// depends on it.
func (s *Server) forever(ctx context.Context, name string, work func(context.Context)) {
	for {
		if s.survives(name, func() { work(ctx) }) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(againAfter):
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
