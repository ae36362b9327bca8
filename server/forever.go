package server

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

const againAfter = time.Minute

// forever keeps what works in the background going until ctx ends. What it meets may make it panic: that is logged, and it
// begins anew after a while, since nobody's documents depend on it.
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

// survives reports whether work ended by itself.
func (s *Server) survives(name string, work func()) (well bool) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("panic in the background", "work", name, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	work()
	return true
}
