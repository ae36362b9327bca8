package collab_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"quire/collab"
)

// TestManyTurnsShareAFewGoroutines: after a commit every document of it has a turn at once.
func TestManyTurnsShareAFewGoroutines(t *testing.T) {
	var s collab.System
	const turns = 1000
	var running, most, done atomic.Int64
	var all sync.WaitGroup
	all.Add(turns)
	for range turns {
		s.Soon(func() {
			defer all.Done()
			now := running.Add(1)
			for {
				seen := most.Load()
				if now <= seen || most.CompareAndSwap(seen, now) {
					break
				}
			}
			runtime.Gosched()
			running.Add(-1)
			done.Add(1)
		})
	}
	all.Wait()
	if most.Load() > 8 || done.Load() != turns {
		t.Errorf("%d of %d turns were taken, %d at once; want all, and at most 8", done.Load(), turns, most.Load())
	}
	s.Close()
}

// TestATurnDoesNotWaitForATask: what Go starts may take for ever, and there may be any number of it.
func TestATurnDoesNotWaitForATask(t *testing.T) {
	var s collab.System
	release := make(chan struct{})
	for range 50 {
		s.Go(func() { <-release })
	}
	taken := make(chan struct{})
	s.Soon(func() { close(taken) })
	<-taken
	close(release)
	s.Close()
}

// TestTurnsThatNeverEndToComeTakeNoMoreMemory: the queue is never empty here, so it is never begun anew.
func TestTurnsThatNeverEndToComeTakeNoMoreMemory(t *testing.T) {
	var s collab.System
	const documents, turns = 20, 100_000
	var left atomic.Int64
	left.Store(turns)
	var all sync.WaitGroup
	all.Add(documents)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range documents {
		var turn func()
		turn = func() {
			if left.Add(-1) > 0 {
				s.Soon(turn)
			} else {
				all.Done()
			}
		}
		s.Soon(turn)
	}
	all.Wait()
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 256<<10 {
		t.Errorf("%d turns of %d documents allocated %d bytes, want a few KiB", turns, documents, got)
	}
	s.Close()
}
