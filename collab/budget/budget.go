package budget

import (
	"sync"
	"sync/atomic"
)

// Source is what reservations are taken from: a *Budget, or one key of an Each.
type Source interface {
	take(n int64) bool    // takes n if there is room
	change(by int64) bool // adds to what is used even past the limit; reports whether the limit is kept
}

// Budget bounds the sum of its reservations. It must not be copied.
type Budget struct {
	Limit int64
	Alone bool // while nothing is used, one reservation may exceed Limit: something larger than all of it must pass sometime
	Soft  bool // Take never refuses; the user of the budget checks Fits and makes room itself

	used atomic.Int64
}

// Used returns the sum of all reservations.
func (b *Budget) Used() int64 { return b.used.Load() }

// Fits reports whether there is room for n more now.
func (b *Budget) Fits(n int64) bool { return b.fits(b.used.Load(), n) }

func (b *Budget) fits(used, n int64) bool { return used <= b.Limit-n || b.Alone && used == 0 }

func (b *Budget) take(n int64) bool {
	for {
		used := b.used.Load()
		if !b.Soft && !b.fits(used, n) {
			return false
		}
		if b.used.CompareAndSwap(used, used+n) {
			return true
		}
	}
}

func (b *Budget) change(by int64) bool { return b.used.Add(by) <= b.Limit }

// Each bounds the sum of the reservations of each key separately. A key without reservations takes no memory.
type Each struct {
	Limit int64

	mu   sync.Mutex
	used map[string]int64
}

// Of returns the source for one key.
func (e *Each) Of(key string) Source { return &part{e, key} }

// Full reports whether key's limit is reached.
func (e *Each) Full(key string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.used[key] >= e.Limit
}

// Keys returns the number of keys that have reservations.
func (e *Each) Keys() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.used)
}

type part struct {
	each *Each
	key  string
}

func (p *part) take(n int64) bool {
	p.each.mu.Lock()
	defer p.each.mu.Unlock()
	if p.each.used[p.key] > p.each.Limit-n {
		return false
	}
	p.add(n)
	return true
}

func (p *part) change(by int64) bool {
	p.each.mu.Lock()
	defer p.each.mu.Unlock()
	p.add(by)
	return p.each.used[p.key] <= p.each.Limit
}

func (p *part) add(n int64) {
	if p.each.used == nil {
		p.each.used = map[string]int64{}
	}
	if p.each.used[p.key] += n; p.each.used[p.key] == 0 {
		delete(p.each.used, p.key)
	}
}
