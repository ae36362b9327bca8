package api

import (
	"io"
	"time"
)

// watched is a writer that asks, before it writes and no later than lookHolds after it last asked, whether its reader may have more.
// What a slow reader is sent therefore ends soon after their right to it did. It is for one goroutine.
type watched struct {
	to    io.Writer
	may   func() error // what the reader may have ended with; nil while they may go on
	now   func() time.Time
	asked time.Time
	ended error // what may returned; nothing is written any more
}

// chunkBytes is how much is written between two looks at the clock: writing blocks for as long as the reader takes.
const chunkBytes = 16 << 10

// ask calls may, and remembers its refusal.
func (w *watched) ask() error {
	if w.ended == nil {
		w.ended, w.asked = w.may(), w.now()
	}
	return w.ended
}

// Write writes p in chunks, each while the reader may have it.
func (w *watched) Write(p []byte) (written int, err error) {
	for len(p) > 0 {
		if w.ended == nil && w.now().Sub(w.asked) >= lookHolds {
			w.ask()
		}
		if w.ended != nil {
			return written, w.ended
		}
		n, err := w.to.Write(p[:min(len(p), chunkBytes)])
		written += n
		if err != nil {
			return written, err
		}
		p = p[n:]
	}
	return written, nil
}
