package auth

import (
	"context"
	"slices"
	"sync"
	"time"
)

// asker is on whose behalf a password is hashed.
type asker struct {
	known bool   // signed in, or in a browser that has signed in to the account before
	key   string // whose turn it takes: the account if known, else the network
}

// stranger is somebody of whom only the network is known.
func stranger(address string) asker { return asker{key: Network(address)} }

// knownAs is somebody who is signed in to the account, or in a browser that it knows.
func knownAs(account string) asker { return asker{known: true, key: account} }

// knownTurns is how many known askers are served in a row while strangers wait.
const knownTurns = 3

// line lets a few callers work at a time, and the others wait. Known askers have a lane of their own, so that no flood of strangers
// keeps them out. Within a lane the asker whose key waits longest is next, and the key that came last is refused when the lane is
// full. A refused key keeps its place: who comes again is served after at most one of each key that was there before, however often
// those come. Callers of one key wait for each other.
type line struct {
	wait time.Duration

	mu               sync.Mutex
	free             int // callers that may work at once
	inARow           int // known askers served since the last stranger
	known, strangers lane
}

type lane struct {
	most         int // callers that may wait
	waiting      []*waiter
	count        uint64            // gives places
	young, older map[string]uint64 // places of keys that wait or were refused, in two generations as those of buckets
}

type waiter struct {
	key   string
	place uint64
	turn  chan bool // true: it is the waiter's turn; false: refused
}

const placesKept = 10_000 // in a generation

func newLine(workers, most int, wait time.Duration) *line {
	return &line{
		wait: wait, free: workers,
		known:     lane{most: most, young: map[string]uint64{}},
		strangers: lane{most: most, young: map[string]uint64{}},
	}
}

// enter waits for by's turn, at most l.wait; ok is false if there is none. The caller must call leave.
func (l *line) enter(ctx context.Context, by asker) (leave func(), ok bool) {
	w, ok := l.queue(by)
	if w == nil {
		return l.leave, ok
	}
	timer := time.NewTimer(l.wait)
	defer timer.Stop()
	select {
	case ok = <-w.turn:
	case <-timer.C:
		ok = l.giveUp(by, w)
	case <-ctx.Done():
		ok = l.giveUp(by, w)
	}
	return l.leave, ok
}

// queue returns nil if it is by's turn at once (ok) or the lane is full, else a waiter.
func (l *line) queue(by asker) (w *waiter, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.free > 0 { // then nobody waits
		l.free--
		l.laneOf(by).forget(by.key)
		return nil, true
	}
	w = l.laneOf(by).add(by.key)
	return w, false
}

func (l *line) laneOf(by asker) *lane {
	if by.known {
		return &l.known
	}
	return &l.strangers
}

// leave hands the place at work to whoever is next.
func (l *line) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	var next *waiter
	if l.inARow < knownTurns || len(l.strangers.waiting) == 0 {
		next = l.known.next()
		l.inARow++
	}
	if next == nil {
		next = l.strangers.next()
		l.inARow = 0
	}
	if next == nil {
		l.free++
		return
	}
	next.turn <- true
}

// giveUp takes w out. It reports whether it became w's turn in that moment.
func (l *line) giveUp(by asker, w *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	in := l.laneOf(by)
	i := slices.Index(in.waiting, w)
	if i < 0 {
		return <-w.turn
	}
	in.waiting = slices.Delete(in.waiting, i, i+1)
	return false
}

// add returns a new waiter, or nil if it is refused. In its place another may be refused, whose key came later.
func (n *lane) add(key string) *waiter {
	w := &waiter{key: key, place: n.placeOf(key), turn: make(chan bool, 1)}
	n.waiting = append(n.waiting, w)
	if len(n.waiting) <= n.most {
		return w
	}
	last := len(n.waiting) - 1
	for i := last - 1; i >= 0; i-- {
		if n.waiting[i].place > n.waiting[last].place {
			last = i
		}
	}
	refused := n.waiting[last]
	n.waiting = slices.Delete(n.waiting, last, last+1)
	if refused == w {
		return nil
	}
	refused.turn <- false
	return w
}

// next takes out the waiter whose key waits longest; nil if nobody waits. What else waits under that key goes to the end.
func (n *lane) next() *waiter {
	if len(n.waiting) == 0 {
		return nil
	}
	first := 0
	for i, w := range n.waiting {
		if w.place < n.waiting[first].place {
			first = i
		}
	}
	w := n.waiting[first]
	n.waiting = slices.Delete(n.waiting, first, first+1)
	n.forget(w.key)
	for _, other := range n.waiting {
		if other.key == w.key {
			other.place = n.placeOf(w.key)
		}
	}
	return w
}

// placeOf returns key's place, a new one at the end if it has none.
func (n *lane) placeOf(key string) uint64 {
	place, ok := n.young[key]
	if ok {
		return place
	}
	if place, ok = n.older[key]; !ok {
		n.count++
		place = n.count
	}
	if len(n.young) >= placesKept {
		n.older, n.young = n.young, map[string]uint64{}
	}
	n.young[key] = place
	return place
}

func (n *lane) forget(key string) {
	delete(n.young, key)
	delete(n.older, key)
}
