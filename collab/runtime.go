package collab

import (
	"context"
	"sync"
	"time"
)

// Runtime provides goroutines and time. The simulation has its own, which runs the same code step by step from a seed.
type Runtime interface {
	Now() time.Time
	// Go runs task in a goroutine.
	Go(task func())
	// Soon runs task, which is short and never blocks. When many come at once they share a few goroutines.
	Soon(task func())
	// After runs f in its own goroutine after d, unless stop is called before.
	After(d time.Duration, f func()) (stop func())
	// Wait blocks the calling task until done is closed (nil) or ctx is (its error).
	Wait(ctx context.Context, done <-chan struct{}) error
}

// System is the Runtime of a real process. It keeps a few idle goroutines for the next tasks, because a new one has to grow its stack
// again: that took a third of all processor time where tasks are as short as a document's turn. For the same reason Soon queues tasks
// for a few goroutines: after a commit there is a turn for each of its documents, all at the same time.
type System struct {
	mu     sync.Mutex
	idle   []chan errand // one for each idle goroutine
	soon   []func()      // the queue of Soon, from next on
	next   int
	taking int // goroutines that run the queue
	closed bool
	all    sync.WaitGroup
}

// errand is a task for a goroutine, and whether it runs the queue of Soon afterwards.
type errand struct {
	task func()
	turn bool
}

const (
	parked  = 16 // idle goroutines at most
	takeMax = 8  // goroutines that run the queue, at most: more than processors, since the kernel may hold one up in a write
)

func (s *System) Now() time.Time { return time.Now() }

func (s *System) Go(task func()) {
	s.mu.Lock()
	s.begin(errand{task, false})
}

func (s *System) Soon(task func()) {
	s.mu.Lock()
	if s.taking == takeMax {
		s.queue(task)
		s.mu.Unlock()
		return
	}
	s.taking++
	s.begin(errand{task, true})
}

// queue adds task to the queue. It reuses the memory of finished tasks before it grows. mu is locked.
func (s *System) queue(task func()) {
	if len(s.soon) == cap(s.soon) && s.next > len(s.soon)/2 {
		n := copy(s.soon, s.soon[s.next:])
		clear(s.soon[n:])
		s.soon, s.next = s.soon[:n], 0
	}
	s.soon = append(s.soon, task)
}

// begin gives e to an idle goroutine, or starts one. It is called with mu locked, and unlocks it.
func (s *System) begin(e errand) {
	if n := len(s.idle); n > 0 {
		next := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		next <- e
		return
	}
	s.all.Add(1)
	s.mu.Unlock()
	go s.work(e)
}

func (s *System) work(e errand) {
	defer s.all.Done()
	next := make(chan errand, 1)
	for ok := true; ok; e, ok = <-next {
		e.task()
		s.mu.Lock()
		for e.turn && s.take(&e) {
			s.mu.Unlock()
			e.task()
			s.mu.Lock()
		}
		if s.closed || len(s.idle) == parked {
			s.mu.Unlock()
			return
		}
		s.idle = append(s.idle, next)
		s.mu.Unlock()
	}
}

// take sets e to the next task of the queue. If there is none the caller stops running the queue. mu is locked.
func (s *System) take(e *errand) bool {
	if s.next == len(s.soon) {
		s.soon, s.next = s.soon[:0], 0
		s.taking--
		return false
	}
	e.task = s.soon[s.next]
	s.soon[s.next] = nil
	s.next++
	return true
}

// Close ends the idle goroutines and waits for all others. No task may be waiting for another.
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

// Sleep blocks for d, or until ctx ends.
func Sleep(ctx context.Context, rt Runtime, d time.Duration) error {
	done := make(chan struct{})
	stop := rt.After(d, func() { close(done) })
	defer stop()
	return rt.Wait(ctx, done)
}
