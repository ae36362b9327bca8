package storage

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Pulse tracks whether a backend's writes succeed, for Ping: a database may answer every read and accept no write. The zero value
// has seen no failure.
type Pulse struct {
	last atomic.Pointer[failure] // the newest failure; nil: a write has succeeded since
}

type failure struct {
	at      time.Time
	err     error
	refused bool // the database itself said that it accepts no writes
}

// believed is how long a refusal by the database itself counts, even against later successes: callers retry their writes more often
// than that, and a small write, such as a probe's, may fit where theirs does not.
const believed = 3 * time.Second

// Beat records the outcome of a write. refused says that the database gave a reason that affects all writes, such as a full disk.
func (p *Pulse) Beat(err error, refused bool) {
	if err != nil {
		p.last.Store(&failure{time.Now(), err, refused})
	} else if last := p.last.Load(); last != nil && !last.recent() {
		p.last.CompareAndSwap(last, nil)
	}
}

func (f *failure) recent() bool { return f.refused && time.Since(f.at) < believed }

// Check returns nil if writes succeed as far as is known, else ErrNoWrites. After a failure it decides by probe, which must write
// something.
func (p *Pulse) Check(probe func() error) error {
	last := p.last.Load()
	if last == nil {
		return nil
	}
	if !last.recent() {
		err := probe()
		if err == nil {
			p.last.CompareAndSwap(last, nil)
			return nil
		}
		last = &failure{err: err}
	}
	return fmt.Errorf("%w: %w", ErrNoWrites, last.err)
}

// WriteFailed reports whether err, returned by a write, is about the database and not about what was written.
func WriteFailed(err error) bool {
	return err != nil && (errors.Is(err, ErrUnavailable) || !Refused(err) && !errors.Is(err, ErrDamaged))
}
