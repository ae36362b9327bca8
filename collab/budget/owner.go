package budget

import (
	"slices"
	"sync"
)

// Reservation is a part of a source that somebody holds.
type Reservation struct {
	from Source

	mu      sync.Mutex
	size    int64
	holders int
}

// Resize makes a reservation as large as what it stands for turned out to be, whether there is room or not, because it is
// there already; it reports whether the limit is kept. One that was given back stays at nothing.
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

// Owner holds reservations until it ends. The zero value holds none; a nil *Owner is one that has ended. It is meant for a
// few at a time: dropping one looks through all. It must not be copied.
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

// Hold makes the owner one more holder of r. It reports false if the owner has ended or r was given back.
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

// Drop lets go of r before the owner ends, if the owner holds it.
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

// End lets go of all that the owner holds, and of all it is asked to take from now on. It may be called more than once.
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
