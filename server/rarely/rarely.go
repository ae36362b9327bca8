// Package rarely keeps the log readable: what every request of a wrongly configured site leads to is worth a line, not one each.
package rarely

import (
	"sync/atomic"
	"time"
)

// every is how often a line is written.
const every = time.Minute

// Line is one line of the log. The zero value is ready; it may be used by many at once.
type Line struct{ next atomic.Int64 }

// Due reports whether the line is to be written now: at first, and then once a minute.
func (l *Line) Due() bool {
	now := time.Now().UnixNano()
	next := l.next.Load()
	return now >= next && l.next.CompareAndSwap(next, now+int64(every))
}
