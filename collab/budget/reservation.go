package budget

import "sync"

// Reservation is a part of a source, held by one or more owners. One of those pays: it is counted in their share.
type Reservation struct {
	mu      sync.Mutex
	size    int64
	payer   account   // of holders[0]; without one of nobody
	holders []*holder // who can pay
	kept    int       // holdings of who can't
	void    bool
}

// holder is a person who holds a reservation, possibly several times; or whoever holds a reservation that is not of a Shares.
type holder struct {
	person string
	from   account
	times  int
	at     int // in Reservation.holders
}

// holding is that one owner holds a reservation.
type holding struct {
	of *Reservation
	by *holder // nil: it is only kept
}

// Resize sets the size to what is really used, and reports whether the source's limit is kept. It never refuses, because what
// the reservation stands for exists already. A reservation that was returned stays at zero.
func (r *Reservation) Resize(size int64) (kept bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.returned() {
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
	n := r.kept
	for _, h := range r.holders {
		n += h.times
	}
	return n > 1
}

// Void returns the reservation whoever still holds it: what it stands for is gone.
func (r *Reservation) Void() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.returned() {
		return
	}
	for len(r.holders) > 0 {
		r.remove(r.holders[len(r.holders)-1])
	}
	r.kept, r.void = 0, true
	r.payer.change(-r.size)
	r.size = 0
}

func (r *Reservation) returned() bool { return len(r.holders) == 0 && r.kept == 0 }

// newReservation returns one, held by the owner that has taken it.
func newReservation(person string, payer account, size int64) (*Reservation, *holding) {
	r := &Reservation{payer: payer, size: size}
	return r, r.hold(person, payer)
}

// hold adds a holder. mu is held, or nobody else has r yet.
func (r *Reservation) hold(person string, from account) *holding {
	h := &holder{person, from, 1, len(r.holders)}
	r.holders = append(r.holders, h)
	return &holding{r, h}
}

// join returns a new holding of from, which is nil for one that is only kept. It returns nil if the reservation was returned, or if
// from has no room for it.
func (r *Reservation) join(from Source) *holding {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.returned() {
		return nil
	}
	if from == nil {
		r.kept++
		return &holding{r, nil}
	}
	for _, h := range r.holders {
		if h.person == from.whose() {
			h.times++
			return &holding{r, h}
		}
	}
	if len(r.holders) > 0 {
		if next, ok := from.join(r.size); ok {
			return r.hold(from.whose(), next)
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
	return r.hold(from.whose(), payer)
}

// Move counts the reservation in the shares of another whole from now on, whether it fits there or not.
func (r *Reservation) Move(to *Shares) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.returned() {
		return
	}
	before := r.payer
	if before.(*claim).of == to {
		return
	}
	for _, h := range r.holders {
		was := h.from
		h.from = to.counted(h.person, r.size, was == before)
		was.end()
		if was == before {
			r.payer = h.from
		}
	}
	if len(r.holders) == 0 {
		r.payer = to.counted("", r.size, true)
		before.end()
	}
}

// bill makes the first of those who can pay the payer. mu is held.
func (r *Reservation) bill() {
	var next account
	if len(r.holders) > 0 {
		next = r.holders[0].from
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
	switch {
	case r.void:
		return
	case h.by == nil:
		r.kept--
	case h.by.times > 1:
		h.by.times--
		return
	default:
		r.remove(h.by)
	}
	if !r.returned() {
		r.bill()
		return
	}
	r.payer.change(-r.size)
	r.size = 0
}

func (r *Reservation) remove(h *holder) {
	last := len(r.holders) - 1
	r.holders[h.at] = r.holders[last]
	r.holders[h.at].at = h.at
	r.holders[last] = nil
	r.holders = r.holders[:last]
	if h.from != r.payer {
		h.from.end()
	}
}
