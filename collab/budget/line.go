package budget

import (
	"context"
	"errors"
	"slices"
)

// mostWaiting is how many reservations of one person may wait.
const mostWaiting = 1000

// Wait blocks until done is closed, or ctx ends (its error).
type Wait func(ctx context.Context, done <-chan struct{}) error

// ErrCrowded reports that too many of a person's requests wait already.
var ErrCrowded = errors.New("budget: too many of this person's requests wait already")

// ErrTooLarge reports that there will never be room.
var ErrTooLarge = errors.New("budget: larger than the whole")

// errEnded reports that an owner has ended.
var errEnded = errors.New("budget: the owner has ended")

// line is a queue with one turn for each person, in which those of one person are served in the order they came. It is used under
// its owner's lock.
type line struct {
	turns []*turns // of persons, in the order of their next turn
	of    map[string]*turns
}

// turns are what waits of one person.
type turns struct {
	person string
	queue  []*ticket
}

// ticket is somebody's place in a line.
type ticket struct {
	person string
	n      int64
	served chan struct{} // closed once it was admitted
	got    account       // then
}

func (l *line) has(person string) bool { return l.of[person] != nil }

// waits returns how many of a person wait.
func (l *line) waits(person string) int {
	if t := l.of[person]; t != nil {
		return len(t.queue)
	}
	return 0
}

// join adds a ticket at the end of a person's.
func (l *line) join(person string, n int64) *ticket {
	t := l.of[person]
	if t == nil {
		t = &turns{person: person}
		if l.of == nil {
			l.of = map[string]*turns{}
		}
		l.of[person] = t
		l.turns = append(l.turns, t)
	}
	k := &ticket{person: person, n: n, served: make(chan struct{})}
	t.queue = append(t.queue, k)
	return k
}

// leave removes a ticket that was not served.
func (l *line) leave(k *ticket) {
	t := l.of[k.person]
	if t.queue = slices.DeleteFunc(t.queue, func(other *ticket) bool { return other == k }); len(t.queue) == 0 {
		delete(l.of, k.person)
		l.turns = slices.DeleteFunc(l.turns, func(other *turns) bool { return other == t })
	}
}

// serve lets those in for whom admit returns true, person after person.
func (l *line) serve(admit func(*ticket) bool) {
	for i := 0; i < len(l.turns); {
		t := l.turns[i]
		k := t.queue[0]
		if !admit(k) {
			i++
			continue
		}
		close(k.served)
		t.queue[0] = nil
		t.queue = t.queue[1:]
		l.turns = slices.Delete(l.turns, i, i+1)
		if len(t.queue) > 0 {
			l.turns = append(l.turns, t)
		} else {
			delete(l.of, t.person)
		}
	}
}

// serve lets in who waits and now has room. mu is held.
func (s *Shares) serve() {
	if len(s.waiting.turns) == 0 {
		return
	}
	overtakes := false // somebody before them waits for room in Single
	s.waiting.serve(func(k *ticket) (ok bool) {
		k.got, ok = s.admit(k.person, k.n, !overtakes)
		overtakes = overtakes || !ok && !s.hasLarge(k.person)
		return ok
	})
}

// Await is Take, but waits until there is room: persons in turn, each one's in the order they came. wait is how to block. Errors:
// that of ctx, ErrTooLarge, ErrCrowded, or that the owner has ended.
func (o *Owner) Await(ctx context.Context, from Share, n int64, wait Wait) (*Reservation, error) {
	if r := o.Take(from, n); r != nil {
		return r, nil
	}
	if n > from.of.Limit && !from.of.Alone {
		return nil, ErrTooLarge
	}
	payer, err := from.await(ctx, n, wait)
	if err != nil {
		return nil, err
	}
	r, h := newReservation(from.person, payer, n)
	if o == nil {
		h.drop()
	} else if o.add(h) {
		return r, nil
	}
	return nil, errEnded
}

func (sh Share) await(ctx context.Context, n int64, wait Wait) (account, error) {
	s := sh.of
	s.mu.Lock()
	if s.waiting.waits(sh.person) >= mostWaiting {
		s.mu.Unlock()
		return nil, ErrCrowded
	}
	k := s.waiting.join(sh.person, n)
	s.serve()
	s.mu.Unlock()
	err := wait(ctx, k.served)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case k.got == nil:
		s.waiting.leave(k)
		s.serve() // those behind it
		return nil, err
	case err != nil:
		k.got.(*claim).put(0, false, false)
		s.serve()
		return nil, err
	}
	return k.got, nil
}
