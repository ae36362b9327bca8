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

// ErrBroken is the error of a call with an unknown outcome. It wraps no sentinel of package storage.
var ErrBroken = errors.New("storagetest: the connection broke")

// Fault says how a call fails. Stall can be combined (|) with one of the others.
type Fault uint8

const (
	None   Fault = 0
	Refuse Fault = 1 << iota // ErrUnavailable; nothing is stored, nothing read
	Break                    // ErrBroken; nothing is stored
	Lie                      // ErrBroken, yet everything is stored
	Half                     // ErrBroken for all batches of Append, yet every second one is stored; for other calls as Lie
	Stall                    // waits for Release or the end of ctx before the call
	Late                     // makes the call and then waits like Stall before it returns; not for Append
)

// Call is a call that a Plan decides about.
type Call struct {
	Writes bool
	method string
}

// Is reports whether c is a call of one of these methods of storage.Store. It panics for a method that Faulty does not
// intercept, since the fault would never happen.
func (c Call) Is(methods ...string) bool {
	for _, m := range methods {
		if _, known := writes[m]; !known {
			panic("storagetest: Faulty does not intercept " + m + ": to make it fail, add it to faulty_calls.go")
		}
	}
	return slices.Contains(methods, c.method)
}

// Plan decides the fault of each call. It is called under a lock, once for each call, in the order of the calls.
type Plan func(Call) Fault

// On returns a Plan that makes every call of these methods fail with fault, and no other call. It panics as Call.Is does.
func On(fault Fault, methods ...string) Plan {
	Call{}.Is(methods...)
	return func(c Call) Fault {
		if c.Is(methods...) {
			return fault
		}
		return None
	}
}

// Seeded returns a Plan that makes each call fail with the given chance, by a fault that its kind of call can have. The same seed and
// calls lead to the same faults. It never stalls.
func Seeded(seed uint64, chance float64) Plan {
	r := rand.New(rand.NewPCG(seed, 3))
	return func(c Call) Fault {
		roll, which := r.Float64(), r.IntN(4) // always both, so that each call takes as many numbers from r
		if roll >= chance {
			return None
		}
		if !c.Writes {
			return []Fault{Refuse, Break, Refuse, Break}[which]
		}
		return []Fault{Refuse, Break, Lie, Half}[which]
	}
}

// Faulty is a Store whose calls fail by plan, by hand (Next), or all at once (SetDown). It intercepts the methods in faulty_calls.go:
// all that package collab calls, and those that other tests make fail. Other calls pass through, and no plan sees them. It starts no
// goroutine. Safe for concurrent use.
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

// NewFaulty wraps inner. With a nil plan no call fails until another method says so.
func NewFaulty(inner storage.Store, plan Plan) *Faulty {
	return &Faulty{Store: inner, plan: plan, gate: make(chan struct{}), changed: make(chan struct{})}
}

// Next sets the faults of the next calls that write; the plan does not see these calls.
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

// SetDown(true) makes every intercepted call return ErrUnavailable, as without a database, until SetDown(false).
func (f *Faulty) SetDown(down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = down
}

// Release lets all calls go on that are stalled now.
func (f *Faulty) Release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.gate)
	f.gate = make(chan struct{})
}

// WaitStalled returns when exactly n calls are stalled; an error if ctx is done first.
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
			return fmt.Errorf("storagetest: %d calls are stalled, not %d: %w", stalled, n, ctx.Err())
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

// stall waits for Release or the end of ctx. It is called with f.mu held, and unlocks it.
func (f *Faulty) stall(ctx context.Context) error {
	gate := f.gate
	f.countStalled(1)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.countStalled(-1)
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

// countStalled changes the number of stalled calls. f.mu is held.
func (f *Faulty) countStalled(by int) {
	f.stalled += by
	close(f.changed)
	f.changed = make(chan struct{})
}
