// Package rarely keeps the log readable: a fault of configuration that affects every request is logged once a minute, not each time.
package rarely

import (
	"sync/atomic"
	"time"
)

// every is the shortest time between two writings of a line.
const every = time.Minute

// Line is one line of the log. The zero value is ready to use. It is safe for concurrent use.
type Line struct{ next atomic.Int64 }

// Due reports whether the line should be written now: the first time, and then at most once a minute.
func (l *Line) Due() bool {
	now := time.Now().UnixNano()
	next := l.next.Load()
	return now >= next && l.next.CompareAndSwap(next, now+int64(every))
}
