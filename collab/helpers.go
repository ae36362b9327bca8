package collab

import (
	"context"
	"sync"
)

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

// turn is had by one caller at a time, for work that asks the store. No lock is held meanwhile, and who waits for it may give up.
type turn struct {
	mu   sync.Mutex
	ends chan struct{} // closed when whoever has it is done; nil: nobody has
}

// take waits until nobody has the turn, or ctx ends.
func (t *turn) take(ctx context.Context, rt Runtime) error {
	for {
		t.mu.Lock()
		ends := t.ends
		if ends == nil {
			t.ends = make(chan struct{})
		}
		t.mu.Unlock()
		if ends == nil {
			return nil
		}
		if err := rt.Wait(ctx, ends); err != nil {
			return err
		}
	}
}

func (t *turn) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.ends)
	t.ends = nil
}
