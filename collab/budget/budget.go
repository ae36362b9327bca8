package budget

import (
	"sync"
	"sync/atomic"
)

// Source is what reservations are taken from: a *Budget, one key of an Each, or one person of a Shares.
type Source interface {
	take(n int64) (account, bool) // takes n if there is room
	whose() string
	join(n int64) (account, bool) // for a reservation of n that another has taken, and pays for
}

// account is where a reservation is counted.
type account interface {
	change(by int64) bool // adds to what is used even past the limit; reports whether the limit is kept
	pass(to account)      // counts the reservation in another account of the same budget
	end()                 // of who does not pay
	nobody() account      // for a reservation that is only kept
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

func (b *Budget) take(n int64) (account, bool) {
	for {
		used := b.used.Load()
		if !b.Soft && !b.fits(used, n) {
			return nil, false
		}
		if b.used.CompareAndSwap(used, used+n) {
			return b, true
		}
	}
}

func (b *Budget) whose() string { return "" }

func (b *Budget) join(int64) (account, bool) { return b, true }

func (b *Budget) end() {}

func (b *Budget) change(by int64) bool { return b.used.Add(by) <= b.Limit }

func (b *Budget) pass(account) {}

func (b *Budget) nobody() account { return b }

// Each bounds the sum of the reservations of each key separately. A key without reservations takes no memory.
type Each struct {
	Limit int64

	mu   sync.Mutex
	used map[string]int64
}

// Of returns the source for one key.
func (e *Each) Of(key string) Source { return part{e, key} }

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

func (p part) take(n int64) (account, bool) {
	p.each.mu.Lock()
	defer p.each.mu.Unlock()
	if p.each.used[p.key] > p.each.Limit-n {
		return nil, false
	}
	p.add(n)
	return p, true
}

func (p part) whose() string { return p.key }

func (p part) join(int64) (account, bool) { return p, true }

func (p part) end() {}

func (p part) change(by int64) bool {
	p.each.mu.Lock()
	defer p.each.mu.Unlock()
	p.add(by)
	return p.each.used[p.key] <= p.each.Limit
}

// pass does nothing: the key that took a reservation counts it until it is returned.
func (p part) pass(account) {}

func (p part) nobody() account { return p }

func (p part) add(n int64) {
	if p.each.used == nil {
		p.each.used = map[string]int64{}
	}
	if p.each.used[p.key] += n; p.each.used[p.key] == 0 {
		delete(p.each.used, p.key)
	}
}
