package storagetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
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
	Method  string // as in storage.Store
	N       int    // how many calls of any method came before
	Writes  bool
	Batches []storage.Batch // of Append
}

// Plan decides how each call goes. It is called under a lock, once a call, in the order of the calls.
type Plan func(Call) Fault

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

// Faulty is a Store whose calls go wrong by plan, by hand (Next), or all at once (SetDown). It starts no goroutine.
type Faulty struct {
	inner storage.Store
	plan  Plan

	mu      sync.Mutex
	n       int
	next    []Fault
	down    bool
	stalled int
	gate    chan struct{} // closed by Release
	changed chan struct{} // closed whenever stalled changes
}

var _ storage.Store = (*Faulty)(nil)

// NewFaulty wraps inner; a nil plan lets everything go well until told otherwise.
func NewFaulty(inner storage.Store, plan Plan) *Faulty {
	return &Faulty{inner: inner, plan: plan, gate: make(chan struct{}), changed: make(chan struct{})}
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

// SetDown makes every call end in ErrUnavailable, as while the database is away, until it is set back.
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
	c.N = f.n
	f.n++
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

// Append goes wrong as Fault says.
func (f *Faulty) Append(ctx context.Context, batches []storage.Batch) []error {
	fault, err := f.decide(ctx, Call{Method: "Append", Writes: true, Batches: batches})
	if err == nil && fault == None {
		return f.inner.Append(ctx, batches)
	}
	switch fault {
	case Lie:
		f.inner.Append(ctx, batches)
	case Half:
		var half []storage.Batch
		for i := 0; i < len(batches); i += 2 {
			half = append(half, batches[i])
		}
		f.inner.Append(ctx, half)
	}
	if err == nil {
		err = fault.err("Append")
	}
	outcomes := make([]error, len(batches))
	for i := range outcomes {
		outcomes[i] = err
	}
	return outcomes
}

func (f Fault) err(method string) error {
	if f == Refuse {
		return fmt.Errorf("storagetest: %s: %w", method, storage.ErrUnavailable)
	}
	return fmt.Errorf("%w during %s", ErrBroken, method)
}

// write runs call unless the fault keeps it from being stored, and hides its outcome if there is a fault.
func write[T any](ctx context.Context, f *Faulty, method string, call func() (T, error)) (T, error) {
	var none T
	fault, err := f.decide(ctx, Call{Method: method, Writes: true})
	switch {
	case err != nil:
		return none, err
	case fault == None:
		return call()
	case fault == Late:
		return late(ctx, f, call)
	case fault == Lie || fault == Half:
		call() // its outcome is what gets lost
	}
	return none, fault.err(method)
}

// look runs call, which only reads, unless there is a fault.
func look[T any](ctx context.Context, f *Faulty, method string, call func() (T, error)) (T, error) {
	var none T
	fault, err := f.decide(ctx, Call{Method: method})
	switch {
	case err != nil:
		return none, err
	case fault == None:
		return call()
	case fault == Late:
		return late(ctx, f, call)
	}
	return none, fault.err(method)
}

// do is write for a call that gives only an error.
func do(ctx context.Context, f *Faulty, method string, call func() error) error {
	_, err := write(ctx, f, method, func() (struct{}, error) { return struct{}{}, call() })
	return err
}

// Rewinds are the inner store's.
func (f *Faulty) Rewinds() int64 { return f.inner.Rewinds() }

// Stats are the inner store's.
func (f *Faulty) Stats() storage.Stats { return f.inner.Stats() }

// Close closes the inner store.
func (f *Faulty) Close() error { return f.inner.Close() }
