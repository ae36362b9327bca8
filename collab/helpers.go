package collab

import "sync"

// helpers lets only a few pieces of heavy work run at once, in the order they came.
type helpers struct {
	mu    sync.Mutex
	free  int
	queue []chan struct{}
}

// do runs f when its turn has come; not at all once the hub is closed.
func (w *helpers) do(h *Hub, f func()) {
	w.mu.Lock()
	if w.free > 0 {
		w.free--
		w.mu.Unlock()
	} else {
		turn := make(chan struct{})
		w.queue = append(w.queue, turn)
		w.mu.Unlock()
		if h.rt.Wait(h.ctx, turn) != nil {
			return
		}
	}
	defer w.next()
	f()
}

// next hands the place on.
func (w *helpers) next() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		w.free++
		return
	}
	close(w.queue[0])
	w.queue[0] = nil
	w.queue = w.queue[1:]
}
