package budget

import (
	"slices"
	"sync"
)

// Reservation is a part of a source, held by one or more owners.
type Reservation struct {
	from Source

	mu      sync.Mutex
	size    int64
	holders int
}

// Resize sets the size to what is really used, and reports whether the source's limit is kept. It never refuses, because what
// the reservation stands for exists already. A reservation that was returned stays at zero.
func (r *Reservation) Resize(size int64) (kept bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.holders == 0 {
		return true
	}
	by := size - r.size
	r.size = size
	return r.from.change(by)
}

// Shared reports whether more than one owner holds it.
func (r *Reservation) Shared() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.holders > 1
}

func (r *Reservation) hold() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.holders == 0 {
		return false
	}
	r.holders++
	return true
}

func (r *Reservation) drop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.holders--; r.holders == 0 {
		r.from.change(-r.size)
		r.size = 0
	}
}

// Owner holds reservations until it ends. The zero value holds none; a nil *Owner acts like one that has ended. It is meant for
// a few reservations: Drop searches all of them. It must not be copied.
type Owner struct {
	mu    sync.Mutex
	held  []*Reservation
	ended bool
}

// Take reserves n, or returns nil if there is no room or the owner has ended.
func (o *Owner) Take(from Source, n int64) *Reservation {
	if o == nil || !from.take(n) {
		return nil
	}
	r := &Reservation{from: from, size: n, holders: 1}
	if !o.add(r) {
		r.drop()
		return nil
	}
	return r
}

// Hold makes the owner another holder of r. It returns false if the owner has ended or r was returned.
func (o *Owner) Hold(r *Reservation) bool {
	if o == nil || !r.hold() {
		return false
	}
	if !o.add(r) {
		r.drop()
		return false
	}
	return true
}

func (o *Owner) add(r *Reservation) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return false
	}
	o.held = append(o.held, r)
	return true
}

// Drop releases r before the owner ends. It does nothing if the owner does not hold r.
func (o *Owner) Drop(r *Reservation) {
	if o == nil {
		return
	}
	o.mu.Lock()
	i := slices.Index(o.held, r)
	if i >= 0 {
		o.held = slices.Delete(o.held, i, i+1)
	}
	o.mu.Unlock()
	if i >= 0 {
		r.drop()
	}
}

// End releases everything the owner holds, and makes it refuse to take more. It may be called more than once.
func (o *Owner) End() {
	if o == nil {
		return
	}
	o.mu.Lock()
	held := o.held
	o.held, o.ended = nil, true
	o.mu.Unlock()
	for _, r := range held {
		r.drop()
	}
}
