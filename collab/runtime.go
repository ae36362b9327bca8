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
	// Soon runs task, which is short and waits for nothing. Many that come at once take turns in a few goroutines.
	Soon(task func())
	// After runs f in a task of its own after d, unless stop is called before.
	After(d time.Duration, f func()) (stop func())
	// Wait blocks the calling task until done is closed (nil) or ctx is (its error).
	Wait(ctx context.Context, done <-chan struct{}) error
}

// System is the Runtime of a real process. Its goroutines stay for the next task, a few of them, because a new one has to
// grow its stack again: a third of all processor time where tasks are as short as a document's turn. For the same reason what
// is to be done soon queues for a few goroutines: after a commit there are as many turns as it had documents, all at once, and
// no more processors than before. Close ends them.
type System struct {
	mu     sync.Mutex
	idle   []chan errand // each a parked goroutine's
	soon   []func()      // from next on: what no goroutine is free for
	next   int
	taking int // goroutines that take turns
	closed bool
	all    sync.WaitGroup
}

// errand is what a goroutine is to do: one task, or also, afterwards, what was to be done soon.
type errand struct {
	task func()
	turn bool
}

const (
	parked  = 16 // how many goroutines wait for a task at most
	takeMax = 8  // how many take turns at most: some more than are run at once, since the kernel may hold one up in a write
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

// queue puts task behind the others, in the place of those that were taken rather than in more memory. mu is locked.
func (s *System) queue(task func()) {
	if len(s.soon) == cap(s.soon) && s.next > len(s.soon)/2 {
		n := copy(s.soon, s.soon[s.next:])
		clear(s.soon[n:])
		s.soon, s.next = s.soon[:n], 0
	}
	s.soon = append(s.soon, task)
}

// begin hands e to a goroutine. It is called with mu locked, and unlocks it.
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

// take returns the next that is to be done soon. If there is none, the caller takes no turns any more. It is called with mu
// locked.
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

// Sleep blocks the calling task for d.
func Sleep(ctx context.Context, rt Runtime, d time.Duration) error {
	done := make(chan struct{})
	stop := rt.After(d, func() { close(done) })
	defer stop()
	return rt.Wait(ctx, done)
}
