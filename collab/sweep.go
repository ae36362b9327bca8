package collab

import (
	"sync"
	"time"

	"quire/collab/wire"
)

const sweepEvery = time.Second

// sweep does what time makes necessary: it expires what waited too long, saves quiet documents, evicts, and closes sessions whose
// sign-in or token expired.
func (h *Hub) sweep() {
	now := h.node.rt.Now()
	for _, d := range h.registry.pick(func(d *document) bool { return d.status.due(now, &h.node.limits) }) {
		if d.status.waited(now) >= h.node.limits.StoreWait {
			d.post(call((*document).expire))
		} else {
			d.post(call((*document).quiet))
		}
		h.registry.release(d)
	}
	h.registry.evict(now, !h.registry.memory.Fits(0))
	h.connections.close(wire.CloseTokenExpired, "the sign-in's time is over", func(c Connection) bool {
		e := c.Identity().Expires
		return !e.IsZero() && !now.Before(e)
	})
}

// ticker calls a function again and again until it is stopped.
type ticker struct {
	mu      sync.Mutex
	stopped bool
	cancel  func() // the next call
}

// start calls f after a pause, and again after a pause from each return.
func (t *ticker) start(rt Runtime, pause time.Duration, f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return
	}
	t.cancel = rt.After(pause, func() {
		f()
		t.start(rt, pause, f)
	})
}

// stop ends the calls. One that is under way is not waited for.
func (t *ticker) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopped = true
	t.cancel()
}
