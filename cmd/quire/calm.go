package main

import (
	"context"
	"runtime/metrics"
	"time"
)

// A server that has fallen quiet keeps what it threw away: the runtime collects when as much again was allocated, or after two
// minutes, and a stack that is no longer used is halved by each collection. So memory is given back here, a moment after a
// busy time: on a small machine others want it.
const (
	calmEvery  = 500 * time.Millisecond
	calmBelow  = 256 << 10 // bytes allocated between two looks: quiet
	calmWorth  = 8 << 20   // bytes allocated since the last time, at least: worth a collection
	calmShare  = 2         // and at least the live heap divided by this
	calmRounds = 2
	calmRest   = 50 // times as long as a collection took is not collected again
)

// calm says when to collect.
type calm struct {
	seen   uint64 // bytes allocated in all, at the last look
	since  uint64 // bytes allocated since the last collection here
	rounds int    // collections due
	rest   time.Time
}

// look is told how much was allocated in all and how large the live heap is, in bytes.
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

// collected is told how long it took. Between rounds there is no rest.
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
