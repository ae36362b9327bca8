package collab

import (
	"context"
	"sync"
)

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
