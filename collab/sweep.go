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
	calling sync.Mutex // held during a call; taken before mu

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
		t.call(f)
		t.start(rt, pause, f)
	})
}

func (t *ticker) call(f func()) {
	t.calling.Lock()
	defer t.calling.Unlock()
	if !t.ended() {
		f()
	}
}

func (t *ticker) ended() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stopped
}

// stop ends the calls and waits for one that is under way: it may start tasks, which must not begin while somebody waits for the last
// of these. The function must not call stop.
func (t *ticker) stop() {
	t.mu.Lock()
	t.stopped = true
	t.cancel()
	t.mu.Unlock()
	t.calling.Lock()
	defer t.calling.Unlock()
}
