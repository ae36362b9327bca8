package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"
)

// looker feeds a calm a look every calmEvery.
type looker struct {
	calm
	now       time.Time
	allocated uint64
}

func (l *looker) collects(grown, live uint64) bool {
	l.now = l.now.Add(calmEvery)
	l.allocated += grown
	return l.look(l.now, l.allocated, live)
}

func TestMemoryIsGivenBackOnceItIsQuiet(t *testing.T) {
	const mib = 1 << 20
	l := &looker{now: time.Unix(0, 0)}
	for i, step := range []struct {
		grown, live uint64
		want        bool
	}{
		{4 * mib, mib, false}, {4 * mib, mib, false}, // busy
		{1000, mib, true}, {1000, mib, true}, // two rounds
		{1000, mib, false},
		{7 * mib, mib, false}, {1000, mib, false}, // not worth it
		{mib, mib, false}, {1000, mib, true}, // with what came before, it is
		{mib, mib, false}, {1000, mib, true}, // the second round waits until it is quiet again
		{1000, mib, false},
		{40 * mib, 100 * mib, false}, {1000, 100 * mib, false}, // not for a large heap
		{10 * mib, 100 * mib, false}, {1000, 100 * mib, true},
	} {
		if got := l.collects(step.grown, step.live); got != step.want {
			t.Fatalf("step %d: collects = %v, want %v", i, got, step.want)
		}
	}
}

// TestCollectingTakesASmallPartOfTheTime: busy and quiet take turns, and a collection takes half a second.
func TestCollectingTakesASmallPartOfTheTime(t *testing.T) {
	const took = 500 * time.Millisecond
	l := &looker{now: time.Unix(0, 0)}
	begun, spent := l.now, time.Duration(0)
	for range 10_000 {
		for _, grown := range []uint64{64 << 20, 0, 0, 0} {
			if l.collects(grown, 1<<20) {
				spent += took
				l.now = l.now.Add(took)
				l.collected(l.now, took)
			}
		}
	}
	if all := l.now.Sub(begun); spent == 0 || spent > all/20 {
		t.Errorf("collecting took %v of %v, want a little, and less than a twentieth", spent, all)
	}
}

// The runtime counts what was allocated late and in lumps, and other tests may leave something behind that still works: it is
// quiet when it is, not after a certain number of looks.
func TestKeepingCalmGivesMemoryBack(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	ticks, done := make(chan time.Time), make(chan struct{})
	var rounds atomic.Int64
	go func() {
		defer close(done)
		keepCalm(ctx, ticks, func() {
			debug.FreeOSMemory()
			rounds.Add(1)
		})
	}()
	before := wasted(64 << 20)
	begun := time.Now()
	for now := begun; rounds.Load() < calmRounds; now = now.Add(calmEvery) {
		ticks <- now
		if time.Since(begun) > time.Minute {
			t.Fatal("nothing was given back")
		}
	}
	after := inUse()
	stop()
	<-done
	if after+(48<<20) > before {
		t.Errorf("of %d bytes %d were given back, want nearly all of 64 MiB", before, before-after)
	}
}

// wasted allocates so many bytes for nothing, in a goroutine of its own: what lies on a stack may be taken for a pointer.
// It returns how much was in use then.
func wasted(size int) uint64 {
	used := make(chan uint64)
	go func() {
		garbage := make([][]byte, 64)
		for i := range garbage {
			garbage[i] = make([]byte, size/len(garbage))
		}
		before := inUse()
		runtime.KeepAlive(garbage)
		used <- before
	}()
	return <-used
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys - m.HeapReleased
}
