package main

import (
	"context"
	"runtime/metrics"
	"time"
)

// A server that has become idle keeps its garbage: the runtime collects when as much again was allocated, or after two minutes, and
// each collection only halves a stack that is no longer used. So this file returns memory to the system a moment after a busy time:
// on a small machine others need it.
const (
	calmEvery  = 500 * time.Millisecond
	calmBelow  = 256 << 10 // the server is idle if it allocates fewer bytes between two looks
	calmWorth  = 8 << 20   // a collection needs so many bytes allocated since the last one,
	calmShare  = 2         // and at least the live heap divided by this
	calmRounds = 2         // collections each time, one at each look
	calmRest   = 50        // after them there is none for this many times as long as one took
)

// calm decides when to collect.
type calm struct {
	seen   uint64    // bytes allocated in all, at the last look
	since  uint64    // bytes allocated since the last collection here
	rounds int       // collections due
	rest   time.Time // no collection before
}

// look reports whether to collect now. allocated is in all, live the size of the live heap, both in bytes.
func (c *calm) look(now time.Time, allocated, live uint64) (collect bool) {
	grown := allocated - c.seen
	c.seen = allocated
	c.since += grown
	if grown >= calmBelow || now.Before(c.rest) {
		return false
	}
	if c.since >= max(calmWorth, live/calmShare) {
		c.since, c.rounds = 0, calmRounds
	}
	if c.rounds == 0 {
		return false
	}
	c.rounds--
	return true
}

// collected notes how long a collection took. Rounds of one time follow each other without a rest.
func (c *calm) collected(now time.Time, took time.Duration) {
	if c.rounds == 0 {
		c.rest = now.Add(calmRest * took)
	}
}

// keepCalm looks at each tick until ctx ends. collect is debug.FreeOSMemory.
func keepCalm(ctx context.Context, ticks <-chan time.Time, collect func()) {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}}
	var c calm
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticks:
			metrics.Read(sample)
			if c.look(now, sample[0].Value.Uint64(), sample[1].Value.Uint64()) {
				begun := time.Now()
				collect()
				c.collected(now, time.Since(begun))
			}
		}
	}
}
