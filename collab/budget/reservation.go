package budget

import "sync"

// Reservation is a part of a source, held by one or more owners. One of those pays: it is counted in their share.
type Reservation struct {
	mu    sync.Mutex
	size  int64
	payer account    // of payers[0]; without one of nobody
	pay   []*holding // that can pay
	kept  int        // holdings that can't
}

// holding is that one owner holds a reservation.
type holding struct {
	of   *Reservation
	from account // nil: it is only kept
	at   int     // in of.pay, under of.mu
}

// Resize sets the size to what is really used, and reports whether the source's limit is kept. It never refuses, because what
// the reservation stands for exists already. A reservation that was returned stays at zero.
func (r *Reservation) Resize(size int64) (kept bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.holders() == 0 {
		return true
	}
	by := size - r.size
	r.size = size
	return r.payer.change(by)
}

// Shared reports whether more than one owner holds it.
func (r *Reservation) Shared() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.holders() > 1
}

// holders counts who holds it. mu is held.
func (r *Reservation) holders() int { return len(r.pay) + r.kept }

// hold returns a new holding, whose owner pays if nobody else does. mu is held, or nobody else has r yet.
func (r *Reservation) hold(from account) *holding {
	h := &holding{r, from, len(r.pay)}
	if from == nil {
		r.kept++
		return h
	}
	r.pay = append(r.pay, h)
	r.bill()
	return h
}

// join is hold for a reservation that others hold. It returns nil if that was returned, or if from has no room for it.
func (r *Reservation) join(from Source) *holding {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.holders() == 0:
		return nil
	case from == nil:
		return r.hold(nil)
	case len(r.pay) > 0:
		if next, ok := from.join(r.size); ok {
			return r.hold(next)
		}
		return nil
	}
	r.payer.change(-r.size) // else it might be in its own way
	payer, ok := from.take(r.size)
	if !ok {
		r.payer.change(r.size)
		return nil
	}
	r.payer = payer
	return r.hold(payer)
}

// bill makes the first of those who can pay the payer. mu is held.
func (r *Reservation) bill() {
	var next account
	if len(r.pay) > 0 {
		next = r.pay[0].from
	} else {
		next = r.payer.nobody()
	}
	if r.payer != next {
		r.payer.pass(next)
		r.payer = next
	}
}

// drop ends a holding. The last one returns the reservation.
func (h *holding) drop() {
	r := h.of
	r.mu.Lock()
	defer r.mu.Unlock()
	if h.from == nil {
		r.kept--
	} else {
		last := len(r.pay) - 1
		r.pay[h.at] = r.pay[last]
		r.pay[h.at].at = h.at
		r.pay[last] = nil
		r.pay = r.pay[:last]
		if h.from != r.payer {
			h.from.end()
		}
	}
	if r.holders() > 0 {
		r.bill()
		return
	}
	r.payer.change(-r.size)
	r.size = 0
}
