package storage

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Pulse is what a backend last saw of its writes, for Ping: a database may answer every question and take nothing in. Its zero
// value has seen none go wrong.
type Pulse struct {
	last atomic.Pointer[failure] // nil: since it, a write went well
}

type failure struct {
	at      time.Time
	err     error
	refused bool // the database itself said that it takes no writes
}

// believed is how long a refusal by the database itself counts without asking again: whoever has something to write tries
// again more often than that, and what a probe writes may fit where that does not.
const believed = 3 * time.Second

// Beat notes the outcome of a write; refused says that the database gave it as one that meets all writes, as a full disk does.
func (p *Pulse) Beat(err error, refused bool) {
	if err != nil {
		p.last.Store(&failure{time.Now(), err, refused})
	} else if last := p.last.Load(); last != nil && !last.recent() {
		p.last.CompareAndSwap(last, nil)
	}
}

func (f *failure) recent() bool { return f.refused && time.Since(f.at) < believed }

// Check is nil if writes go well, as far as is known; after one that failed, probe has to write something.
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

// WriteFailed reports whether err, of a write, says something of the database and not of what was to be written.
func WriteFailed(err error) bool {
	return err != nil && (errors.Is(err, ErrUnavailable) || !Refused(err) && !errors.Is(err, ErrDamaged))
}
