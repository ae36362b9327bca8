// Package tail keeps the end of what a program writes, however long it runs.
package tail

import (
	"bytes"
	"sync"
)

// Tail is a writer that remembers the last bytes written to it. It may be read while it is written to.
type Tail struct {
	mu    sync.Mutex
	buf   bytes.Buffer
	limit int
}

// New keeps at most limit bytes.
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

// Take returns what is kept, and forgets it.
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
