package storagetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"quire/storage"
)

// ErrBroken is what a call with an unknown outcome ends in: it wraps no sentinel of package storage.
var ErrBroken = errors.New("storagetest: the connection broke")

// Fault says how a call goes wrong. Stall may be joined (|) with one of the others.
type Fault uint8

const (
	None   Fault = 0
	Refuse Fault = 1 << iota // ErrUnavailable; nothing is stored, nothing read
	Break                    // ErrBroken; nothing is stored
	Lie                      // ErrBroken; yet everything is stored: the cruellest
	Half                     // ErrBroken for all batches; every second one is stored. Other calls: as Lie
	Stall                    // waits for Release, or until ctx is done, before it goes on
	Late                     // is done at once, and waits so before it answers; not of Append
)

// Call is what a Plan decides on.
type Call struct {
	Writes bool
	method string
}

// Is reports whether c is a call of one of these methods of storage.Store. It panics for a method that Faulty passes through:
// the fault would never come.
func (c Call) Is(methods ...string) bool {
	for _, m := range methods {
		if _, known := writes[m]; !known {
			panic("storagetest: Faulty passes " + m + " through: to fault it, give it a door in faulty_calls.go")
		}
	}
	return slices.Contains(methods, c.method)
}

// Plan decides how each call goes. It is called under a lock, once a call, in the order of the calls.
type Plan func(Call) Fault

// On is a Plan that lets every call of these methods go wrong in one way, and no other call. It panics as Call.Is does.
func On(fault Fault, methods ...string) Plan {
	Call{}.Is(methods...)
	return func(c Call) Fault {
		if c.Is(methods...) {
			return fault
		}
		return None
	}
}

// Seeded is a Plan that lets each call go wrong with the given chance, in a way its kind of call can. The same seed and
// calls give the same faults. It never stalls.
func Seeded(seed uint64, chance float64) Plan {
	r := rand.New(rand.NewPCG(seed, 3))
	return func(c Call) Fault {
		roll, which := r.Float64(), r.IntN(4) // both, always: so that the number of rolls depends on nothing
		if roll >= chance {
			return None
		}
		if !c.Writes {
			return []Fault{Refuse, Break, Refuse, Break}[which]
		}
		return []Fault{Refuse, Break, Lie, Half}[which]
	}
}

// Faulty is a Store whose calls go wrong by plan, by hand (Next), or all at once (SetDown): those that have a door in
// faulty_calls.go, which are all that package collab makes and what other tests fault by name. The rest pass through, and no
// plan hears of them. It starts no goroutine.
type Faulty struct {
	storage.Store
	plan Plan

	mu      sync.Mutex
	next    []Fault
	down    bool
	stalled int
	gate    chan struct{} // closed by Release
	changed chan struct{} // closed whenever stalled changes
}

// NewFaulty wraps inner; a nil plan lets everything go well until told otherwise.
func NewFaulty(inner storage.Store, plan Plan) *Faulty {
	return &Faulty{Store: inner, plan: plan, gate: make(chan struct{}), changed: make(chan struct{})}
}

// Next puts faults in front of the plan, for the next calls that write.
func (f *Faulty) Next(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next = append(f.next, faults...)
}

// SetPlan replaces the plan.
func (f *Faulty) SetPlan(plan Plan) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plan = plan
}

// SetDown makes every call that has a door end in ErrUnavailable, as while the database is away, until it is set back.
func (f *Faulty) SetDown(down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = down
}

// Release lets all calls go on that stand stalled now.
func (f *Faulty) Release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.gate)
	f.gate = make(chan struct{})
}

// WaitStalled returns when n calls stand stalled, or ctx is done.
func (f *Faulty) WaitStalled(ctx context.Context, n int) error {
	for {
		f.mu.Lock()
		stalled, changed := f.stalled, f.changed
		f.mu.Unlock()
		if stalled == n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("storagetest: %d calls stand stalled, not %d: %w", stalled, n, ctx.Err())
		}
	}
}

// decide returns the call's fault, after its stall.
func (f *Faulty) decide(ctx context.Context, c Call) (Fault, error) {
	f.mu.Lock()
	fault := f.pick(c)
	if fault&Stall == 0 {
		f.mu.Unlock()
		return fault, nil
	}
	return fault &^ Stall, f.stall(ctx)
}

// stall waits for Release. It is called with f.mu held, and unlocks it.
func (f *Faulty) stall(ctx context.Context) error {
	gate := f.gate
	f.stand(1)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.stand(-1)
	}()
	select {
	case <-gate:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("storagetest: stalled: %w: %w", storage.ErrUnavailable, ctx.Err())
	}
}

// late makes a call whose answer stalls.
func late[T any](ctx context.Context, f *Faulty, call func() (T, error)) (T, error) {
	answer, err := call()
	f.mu.Lock()
	if broken := f.stall(ctx); broken != nil {
		var none T
		return none, broken
	}
	return answer, err
}

func (f *Faulty) pick(c Call) Fault {
	switch {
	case f.down:
		return Refuse
	case c.Writes && len(f.next) > 0:
		fault := f.next[0]
		f.next = f.next[1:]
		return fault
	case f.plan != nil:
		return f.plan(c)
	}
	return None
}

// stand counts a stalled call in or out; f.mu is held.
func (f *Faulty) stand(by int) {
	f.stalled += by
	close(f.changed)
	f.changed = make(chan struct{})
}
