package sim

import (
	"context"
	"iter"
	"math/rand/v2"
	"slices"
	"time"
)

// scheduler is a collab.Runtime in which one thing happens at a time.
type scheduler struct {
	rand    *rand.Rand
	now     time.Time
	tasks   []*task // not finished
	idle    []*coroutine
	timers  []*timer
	current *task
	node    int // tasks started now belong to this run of a node: a crash ends them together
}

// task runs in a coroutine until it yields.
type task struct {
	f     func()
	in    *coroutine // nil: not started
	node  int
	ready func() bool // nil: it may continue at any time
	short bool        // it must not wait
}

type timer struct {
	at   time.Time
	f    func()
	node int
}

// coroutine runs one task after another. The race detector keeps memory for every goroutine long after its end: with a new one
// for each task, a seed needs more than a gigabyte.
type coroutine struct {
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	f     func() // of the current task; nil: done
}

// coroutine returns an idle coroutine.
func (s *scheduler) coroutine() *coroutine {
	if n := len(s.idle); n > 0 {
		c := s.idle[n-1]
		s.idle = s.idle[:n-1]
		return c
	}
	c := &coroutine{}
	c.next, c.stop = iter.Pull(func(yield func(struct{}) bool) {
		c.yield = yield
		defer func() {
			if p := recover(); p != nil {
				if _, crashed := p.(killed); !crashed {
					panic(p)
				}
			}
		}()
		for ok := true; ok; ok = yield(struct{}{}) {
			c.f()
			c.f = nil
		}
	})
	return c
}

// close ends the idle coroutines.
func (s *scheduler) close() {
	for _, c := range s.idle {
		c.stop()
	}
	s.idle = nil
}

// killed unwinds a task whose node crashed.
type killed struct{}

func newScheduler(r *rand.Rand) *scheduler {
	return &scheduler{rand: r, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
}

func (s *scheduler) Now() time.Time { return s.now }

func (s *scheduler) Go(f func()) {
	t := &task{f: f, node: s.node}
	if s.current != nil {
		t.node = s.current.node
	}
	s.tasks = append(s.tasks, t)
}

// Soon is Go for a function that must not wait, because in a real process others wait behind it. It panics if f waits.
func (s *scheduler) Soon(f func()) {
	s.Go(f)
	s.tasks[len(s.tasks)-1].short = true
}

func (s *scheduler) After(d time.Duration, f func()) func() {
	t := &timer{s.now.Add(d), f, s.node}
	if s.current != nil {
		t.node = s.current.node
	}
	s.timers = append(s.timers, t)
	return func() { s.timers = slices.DeleteFunc(s.timers, func(o *timer) bool { return o == t }) }
}

func (s *scheduler) Wait(ctx context.Context, done <-chan struct{}) error {
	ready := func() bool { return isClosed(done) || ctx.Err() != nil }
	for !ready() {
		s.yield(ready)
	}
	if isClosed(done) {
		return nil
	}
	return ctx.Err()
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// yield yields to other tasks until ready returns true; nil means until this task is chosen again.
func (s *scheduler) yield(ready func() bool) {
	t := s.current
	if t == nil {
		panic("sim: something blocks outside a task")
	}
	if t.short {
		panic("sim: a task that must be short waits")
	}
	t.ready = ready
	if !t.in.yield(struct{}{}) {
		panic(killed{})
	}
}

// pause yields to other tasks for a duration of simulated time.
func (s *scheduler) pause(d time.Duration) {
	until := s.now.Add(d)
	s.yield(func() bool { return !s.now.Before(until) })
}

// step resumes one task that can continue, and reports whether there was one.
func (s *scheduler) step() bool {
	var able []int
	for i, t := range s.tasks {
		if t.ready == nil || t.ready() {
			able = append(able, i)
		}
	}
	if len(able) == 0 {
		return false
	}
	i := able[s.rand.IntN(len(able))]
	t := s.tasks[i]
	t.ready = nil
	s.current = t
	if t.in == nil {
		t.in = s.coroutine()
		t.in.f = t.f
	}
	t.in.next()
	s.current = nil
	if t.in.f == nil {
		s.tasks = slices.DeleteFunc(s.tasks, func(o *task) bool { return o == t })
		s.idle = append(s.idle, t.in)
	}
	return true
}

// pass advances time by d and starts the timers that are due.
func (s *scheduler) pass(d time.Duration) {
	s.now = s.now.Add(d)
	for {
		i := slices.IndexFunc(s.timers, func(t *timer) bool { return !t.at.After(s.now) })
		if i < 0 {
			return
		}
		t := s.timers[i]
		s.timers = slices.Delete(s.timers, i, i+1)
		node := s.node
		s.node = t.node
		s.Go(t.f)
		s.node = node
	}
}

// crash ends all tasks and timers of a node at their current points.
func (s *scheduler) crash(node int) {
	s.timers = slices.DeleteFunc(s.timers, func(t *timer) bool { return t.node == node })
	for _, t := range slices.Clone(s.tasks) {
		if t.node == node {
			s.tasks = slices.DeleteFunc(s.tasks, func(o *task) bool { return o == t })
			if t.in != nil {
				s.current = t // what its deferred calls start belongs to the node too, and ends below
				t.in.stop()
				s.current = nil
			}
		}
	}
	s.tasks = slices.DeleteFunc(s.tasks, func(t *task) bool { return t.node == node })
	s.timers = slices.DeleteFunc(s.timers, func(t *timer) bool { return t.node == node })
}
