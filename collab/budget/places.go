package budget

import (
	"context"
	"sync"
)

// Places lets a few tasks run at once: persons in turn, each one's tasks in the order they came. If there are two places or more,
// one person has at most all but one of them. The person "" is the node itself, which may have all. A Places must not be copied.
type Places struct {
	Limit   int
	Waiting int // of one person; more wait to get in line. 0: no bound

	mu      sync.Mutex
	busy    int
	of      map[string]int // places by person
	waiting line
	full    map[string]chan struct{} // closed when a person's tasks move up
}

// Turn is a task's place in line, and then its place. Its holder must call Leave in the end, once.
type Turn struct {
	places *Places
	person string
	ticket *ticket
	left   bool
}

// Busy returns how many tasks run, and how many wait in line.
func (p *Places) Busy() (running, waiting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.waiting.turns {
		waiting += len(t.queue)
	}
	return p.busy, waiting
}

// Join gets in line. It blocks while too many of the person's tasks wait already, or until ctx ends (its error).
func (p *Places) Join(ctx context.Context, person string, wait Wait) (*Turn, error) {
	for {
		t, full := p.join(person)
		if t != nil {
			return t, nil
		}
		if err := wait(ctx, full); err != nil {
			return nil, err
		}
	}
}

// join returns a turn, or else what is closed when to try again.
func (p *Places) join(person string) (t *Turn, full chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Waiting > 0 && p.waiting.waits(person) >= p.Waiting {
		if full = p.full[person]; full == nil {
			full = make(chan struct{})
			if p.full == nil {
				p.full = map[string]chan struct{}{}
			}
			p.full[person] = full
		}
		return nil, full
	}
	t = &Turn{places: p, person: person, ticket: p.waiting.join(person, 1)}
	p.serve()
	return t, nil
}

// Enter blocks until the task may run, or ctx ends (its error).
func (t *Turn) Enter(ctx context.Context, wait Wait) error {
	if err := wait(ctx, t.ticket.served); err != nil {
		return err
	}
	return ctx.Err()
}

// Leave ends the turn, whether the task has run or not.
func (t *Turn) Leave() {
	p := t.places
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.left {
		return
	}
	t.left = true
	select {
	case <-t.ticket.served:
		p.busy--
		if p.of[t.person]--; p.of[t.person] == 0 {
			delete(p.of, t.person)
		}
	default:
		p.waiting.leave(t.ticket)
		p.movedUp(t.person)
	}
	p.serve()
}

// serve gives free places to those whose turn it is. mu is held.
func (p *Places) serve() {
	most := max(p.Limit-1, 1)
	p.waiting.serve(func(k *ticket) bool {
		if p.busy >= p.Limit || k.person != "" && p.of[k.person] >= most {
			return false
		}
		if p.of == nil {
			p.of = map[string]int{}
		}
		p.busy++
		p.of[k.person]++
		p.movedUp(k.person)
		return true
	})
}

// movedUp lets those get in line who could not, because too many of the same person waited. mu is held.
func (p *Places) movedUp(person string) {
	if full := p.full[person]; full != nil {
		close(full)
		delete(p.full, person)
	}
}
