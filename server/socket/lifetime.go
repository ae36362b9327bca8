package socket

import (
	"context"
	"sync"
	"time"
)

// lifetime is a connection's context, cancelled when the connection closes. A context.WithCancel for each idle connection would
// take several times as much memory: here the channel is made only when somebody waits.
type lifetime struct {
	mu   sync.Mutex
	done chan struct{}
	err  error
}

func (l *lifetime) Deadline() (time.Time, bool) { return time.Time{}, false }

func (l *lifetime) Value(any) any { return nil }

func (l *lifetime) Done() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done == nil {
		l.done = make(chan struct{})
		if l.err != nil {
			close(l.done)
		}
	}
	return l.done
}

func (l *lifetime) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// end cancels the context. Only the first call counts.
func (l *lifetime) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return
	}
	l.err = context.Canceled
	if l.done != nil {
		close(l.done)
	}
}
