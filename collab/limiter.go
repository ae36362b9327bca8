package collab

import (
	"context"
	"sync"
)

// limiter lets only a few heavy tasks run at once, in the order they came.
type limiter struct {
	mu    sync.Mutex
	free  int
	queue []chan struct{}
}

// enter blocks until a place is free, or ctx ends. Without an error the caller must leave.
func (l *limiter) enter(ctx context.Context, rt Runtime) error {
	l.mu.Lock()
	if l.free > 0 {
		l.free--
		l.mu.Unlock()
		return nil
	}
	place := make(chan struct{})
	l.queue = append(l.queue, place)
	l.mu.Unlock()
	return rt.Wait(ctx, place)
}

// leave gives the place to the next in the queue.
func (l *limiter) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		l.free++
		return
	}
	close(l.queue[0])
	l.queue[0] = nil
	l.queue = l.queue[1:]
}

// ctxMutex is a mutex whose lock can be given up, because its holder asks the store.
type ctxMutex struct {
	mu   sync.Mutex
	free chan struct{} // closed by unlock; nil: nobody holds it
}

// lock blocks until nobody holds the mutex, or ctx ends.
func (m *ctxMutex) lock(ctx context.Context, rt Runtime) error {
	for {
		m.mu.Lock()
		held := m.free
		if held == nil {
			m.free = make(chan struct{})
		}
		m.mu.Unlock()
		if held == nil {
			return nil
		}
		if err := rt.Wait(ctx, held); err != nil {
			return err
		}
	}
}

func (m *ctxMutex) unlock() {
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.free)
	m.free = nil
}
