package budget

import (
	"slices"
	"sync"
)

// Owner holds reservations until it ends. The zero value holds none; a nil *Owner acts like one that has ended. It is meant for
// a few reservations: Drop searches all of them. It must not be copied.
type Owner struct {
	mu    sync.Mutex
	held  []*holding
	ended bool
}

// Take reserves n, or returns nil if there is no room or the owner has ended.
func (o *Owner) Take(from Source, n int64) *Reservation {
	if o == nil {
		return nil
	}
	payer, ok := from.take(n)
	if !ok {
		return nil
	}
	r, h := newReservation(from.whose(), payer, n)
	if !o.add(h) {
		return nil
	}
	return r
}

// Charge is Take for what exists already, so that it cannot be refused. It counts in a person's share.
func (o *Owner) Charge(from Share, n int64) *Reservation {
	if o == nil {
		return nil
	}
	r, h := newReservation(from.person, from.of.counted(from.person, n, true), n)
	if !o.add(h) {
		return nil
	}
	return r
}

// Hold makes the owner another holder of r, who pays for it when those who did before have dropped it. from is the owner's part
// of the budget that r was taken from. Hold returns false if the owner has ended or r was returned, or if from has no room for it: in
// a person's share it counts once and in full, whoever pays.
func (o *Owner) Hold(r *Reservation, from Source) bool {
	return o != nil && o.add(r.join(from))
}

// Join is Hold in a person's part of the Shares that r is counted in now.
func (o *Owner) Join(r *Reservation, person string) bool {
	r.mu.Lock()
	in := r.payer.(*claim).of
	r.mu.Unlock()
	return o.Hold(r, in.Of(person))
}

// Keep makes the owner another holder of r that pays for nothing: while nobody else holds r, it is counted in the whole and in no
// person's share. Keep returns false if the owner has ended or r was returned.
func (o *Owner) Keep(r *Reservation) bool {
	return o != nil && o.add(r.join(nil))
}

// add takes over a holding, unless that is nil. It drops it if the owner has ended.
func (o *Owner) add(h *holding) bool {
	if h == nil {
		return false
	}
	o.mu.Lock()
	ended := o.ended
	if !ended {
		o.held = append(o.held, h)
	}
	o.mu.Unlock()
	if ended {
		h.drop()
	}
	return !ended
}

// Drop releases r before the owner ends. It does nothing if the owner does not hold r.
func (o *Owner) Drop(r *Reservation) {
	if o == nil {
		return
	}
	o.mu.Lock()
	var dropped *holding
	if i := slices.IndexFunc(o.held, func(h *holding) bool { return h.of == r }); i >= 0 {
		dropped = o.held[i]
		o.held = slices.Delete(o.held, i, i+1)
	}
	o.mu.Unlock()
	if dropped != nil {
		dropped.drop()
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
	for _, h := range held {
		h.drop()
	}
}
