// Package tail keeps the end of a program's output, however long it runs.
package tail

import (
	"bytes"
	"sync"
)

// Tail is a writer that keeps the last bytes written to it. It is safe for concurrent use.
type Tail struct {
	mu    sync.Mutex
	buf   bytes.Buffer
	limit int
}

// New returns a Tail that keeps at most limit bytes.
func New(limit int) *Tail { return &Tail{limit: limit} }

func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf.Write(p)
	if over := t.buf.Len() - t.limit; over > 0 {
		t.buf.Next(over)
	}
	return len(p), nil
}

// Take returns what is kept and drops it.
func (t *Tail) Take() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := t.buf.String()
	t.buf.Reset()
	return text
}

func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}
