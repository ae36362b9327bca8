package budget

import (
	"sync"
	"sync/atomic"
)

// Source is what can be reserved: a *Budget, or a key of an Each.
type Source interface {
	take(n int64) bool    // takes n if there is room
	change(by int64) bool // adds to what is taken whatever the limit, and reports whether it is kept
}

// Budget bounds the sum of what is taken. It must not be copied.
type Budget struct {
	Limit int64
	Alone bool // more than the limit may be taken while nothing else is: what is larger than all of it must pass sometime
	Soft  bool // nothing is refused; whoever looks at Fits makes room

	used atomic.Int64
}

// Used returns how much is taken.
func (b *Budget) Used() int64 { return b.used.Load() }

// Fits reports whether n more could be taken now.
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

// Each bounds what is taken for each key apart. It keeps nothing of a key for which nothing is taken.
type Each struct {
	Limit int64

	mu   sync.Mutex
	used map[string]int64
}

// Of is the source for one key.
func (e *Each) Of(key string) Source { return &part{e, key} }

// Full reports whether nothing more can be taken for key.
func (e *Each) Full(key string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.used[key] >= e.Limit
}

// Keys returns for how many keys something is taken.
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
