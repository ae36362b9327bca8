package collab

import (
	"context"
	"sync"
	"time"
)

// Runtime is where the engine takes goroutines and time from. The simulation has one of its own that runs the same code
// step by step from a seed.
type Runtime interface {
	Now() time.Time
	// Go starts task, which ends by itself.
	Go(task func())
	// After runs f in a task of its own after d, unless stop is called before.
	After(d time.Duration, f func()) (stop func())
	// Wait blocks the calling task until done is closed (nil) or ctx is (its error).
	Wait(ctx context.Context, done <-chan struct{}) error
}

// System is the Runtime of a real process. Its goroutines stay for the next task, a few of them, because a new one has to
// grow its stack again: a third of all processor time where tasks are as short as a document's turn. Close ends them.
type System struct {
	mu     sync.Mutex
	idle   []chan func() // each a parked goroutine's
	closed bool
	all    sync.WaitGroup
}

// parked is how many goroutines wait for a task at most.
const parked = 16

func (s *System) Now() time.Time { return time.Now() }

func (s *System) Go(task func()) {
	s.mu.Lock()
	if n := len(s.idle); n > 0 {
		next := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		next <- task
		return
	}
	s.all.Add(1)
	s.mu.Unlock()
	go s.work(task)
}

func (s *System) work(task func()) {
	defer s.all.Done()
	next := make(chan func(), 1)
	for ok := true; ok; task, ok = <-next {
		task()
		s.mu.Lock()
		if s.closed || len(s.idle) == parked {
			s.mu.Unlock()
			return
		}
		s.idle = append(s.idle, next)
		s.mu.Unlock()
	}
}

// Close ends the parked goroutines and waits for all. No task may be under way that waits for another.
func (s *System) Close() {
	s.mu.Lock()
	s.closed = true
	for _, next := range s.idle {
		close(next)
	}
	s.idle = nil
	s.mu.Unlock()
	s.all.Wait()
}

func (*System) After(d time.Duration, f func()) (stop func()) {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

func (*System) Wait(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// sleep blocks the calling task for d.
func sleep(ctx context.Context, rt Runtime, d time.Duration) error {
	done := make(chan struct{})
	stop := rt.After(d, func() { close(done) })
	defer stop()
	return rt.Wait(ctx, done)
}
