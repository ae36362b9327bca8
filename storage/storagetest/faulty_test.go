package storagetest_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"quire/storage"
	"quire/storage/memory"
	"quire/storage/storagetest"
)

func newFaulty(t *testing.T) *storagetest.Faulty {
	t.Helper()
	f := storagetest.NewFaulty(memory.New(), nil)
	for _, id := range []storage.DocumentID{"a", "b", "c"} {
		if err := f.CreateDocument(t.Context(), storage.Document{ID: id, Owner: "ann"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func batches() []storage.Batch {
	ops := []storage.Op{{Client: "x", Seq: 1, Body: []byte("x")}}
	return []storage.Batch{{Document: "a", Ops: ops}, {Document: "b", Ops: ops}, {Document: "c", Ops: ops}}
}

func heads(t *testing.T, s storage.Store) []storage.Revision {
	t.Helper()
	var heads []storage.Revision
	for _, id := range []storage.DocumentID{"a", "b", "c"} {
		h, err := s.Head(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, h.Revision)
	}
	return heads
}

// An unwrapped Faulty keeps every rule: its doors lead to the right methods.
func TestFaultyWithoutFaults(t *testing.T) {
	storagetest.Run(t, func(*testing.T) storage.Store {
		model := memory.New()
		return damageable{storagetest.NewFaulty(model, nil), model}
	})
}

type damageable struct {
	storage.Store
	model *memory.Store
}

func (d damageable) DamageSnapshot(doc storage.DocumentID, at storage.Revision) bool {
	return d.model.DamageSnapshot(doc, at)
}

func (d damageable) Holding(text string) ([]string, error) { return d.model.Holding(text) }

func TestFaultyDoesWhatEachFaultSays(t *testing.T) {
	for _, c := range []struct {
		fault   storagetest.Fault
		refused bool
		heads   []storage.Revision
	}{
		{storagetest.Refuse, true, []storage.Revision{0, 0, 0}},
		{storagetest.Break, false, []storage.Revision{0, 0, 0}},
		{storagetest.Lie, false, []storage.Revision{1, 1, 1}},
		{storagetest.Half, false, []storage.Revision{1, 0, 1}},
	} {
		f := newFaulty(t)
		f.Next(c.fault)
		for _, err := range f.Append(t.Context(), batches()) {
			if err == nil || storage.Refused(err) != c.refused {
				t.Errorf("fault %d: Append = %v, want refused %v", c.fault, err, c.refused)
			}
		}
		if got := heads(t, f); !slices.Equal(got, c.heads) {
			t.Errorf("fault %d: heads %v, want %v", c.fault, got, c.heads)
		}
	}
	f := newFaulty(t)
	f.Next(storagetest.Lie)
	if err := f.SaveSnapshot(t.Context(), "a", storage.Snapshot{Body: []byte("stored")}); !errors.Is(err, storagetest.ErrBroken) {
		t.Errorf("SaveSnapshot = %v, want ErrBroken", err)
	}
	if l, err := f.Load(t.Context(), "a", storage.Newest, 0); err != nil || string(l.Snapshot.Body) != "stored" {
		t.Errorf("Load = %q, %v", l.Snapshot.Body, err)
	}
}

func TestFaultyDown(t *testing.T) {
	f := newFaulty(t)
	f.SetDown(true)
	if _, err := f.Load(t.Context(), "a", storage.Newest, 0); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Load = %v, want ErrUnavailable", err)
	}
	if err := f.CreateUser(t.Context(), storage.User{ID: "ann"}); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("CreateUser = %v, want ErrUnavailable", err)
	}
	f.SetDown(false)
	if err := f.CreateUser(t.Context(), storage.User{ID: "ann"}); err != nil {
		t.Errorf("CreateUser = %v", err)
	}
}

func TestFaultyStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFaulty(t)
		f.Next(storagetest.Stall, storagetest.Stall|storagetest.Lie, storagetest.Stall)
		ended := make(chan error, 3)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for range 2 {
			go func() { ended <- f.Append(t.Context(), batches()[:1])[0] }()
			synctest.Wait()
		}
		if err := f.WaitStalled(ctx, 2); err != nil {
			t.Fatal(err)
		}
		if len(ended) > 0 {
			t.Fatal("a stalled call ended")
		}
		f.Release()
		first, second := <-ended, <-ended
		if first == nil && second == nil {
			t.Error("two calls at one base both succeeded")
		}
		go func() { ended <- f.Append(ctx, batches()[1:])[0] }()
		if err := <-ended; !errors.Is(err, storage.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a stalled call whose time was up = %v, want ErrUnavailable", err)
		}
		if got := heads(t, f); !slices.Equal(got, []storage.Revision{1, 0, 0}) {
			t.Errorf("heads %v", got)
		}
	})
}

// One seed and the same calls give the same faults.
func TestFaultySeeded(t *testing.T) {
	run := func() (errs []string) {
		f := newFaulty(t)
		f.SetPlan(storagetest.Seeded(7, 0.4))
		for base := range storage.Revision(40) {
			b := batches()[:1]
			b[0].Base = base
			if err := f.Append(t.Context(), b)[0]; err != nil {
				errs = append(errs, err.Error())
			}
			if _, err := f.Head(t.Context(), "a"); err != nil {
				errs = append(errs, err.Error())
			}
		}
		return errs
	}
	first, second := run(), run()
	if len(first) == 0 || !slices.Equal(first, second) {
		t.Errorf("two runs of a seed differ, or had no fault: %d and %d", len(first), len(second))
	}
}

// reads are the calls with a door that change nothing; a fault put in front of the plan is for the next one that writes.
var reads = []string{
	"Load", "Read", "Find", "Head", "Barrier", "Epoch", "HeldRoles", "TrashedBefore", "Grants", "Setting", "SignIn", "SignInByToken",
}

// Every call that has a door passes the plan once, under its own name, as what it is, and ends as the plan says. No other
// call can be named in a plan.
func TestFaultyDecidesOnEveryCallItNames(t *testing.T) {
	store, doors := reflect.TypeFor[storage.Store](), 0
	for i := range store.NumMethod() {
		method := store.Method(i)
		seen, out := refusedCall(t, method)
		if seen == nil {
			if nameable(method.Name) {
				t.Errorf("%s can be named, and passes through", method.Name)
			}
			continue
		}
		doors++
		err, ok := out[len(out)-1].Interface().(error)
		if errs, several := out[len(out)-1].Interface().([]error); several {
			err, ok = errs[0], true
		}
		if !ok || !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("%s = %v, want ErrUnavailable", method.Name, err)
		}
		if len(seen) != 1 || !nameable(method.Name) || !seen[0].Is(method.Name) || seen[0].Writes == slices.Contains(reads, method.Name) {
			t.Errorf("%s was decided on as %+v", method.Name, seen)
		}
	}
	if doors < len(reads) {
		t.Errorf("%d doors", doors)
	}
}

// refusedCall makes a call without a store behind it and returns what the plan, which refuses all, saw of it, and its answers;
// nil if it passed through.
func refusedCall(t *testing.T, method reflect.Method) (seen []storagetest.Call, out []reflect.Value) {
	defer func() { _ = recover() }() // of a call of nothing
	f := storagetest.NewFaulty(nil, func(c storagetest.Call) storagetest.Fault {
		seen = append(seen, c)
		return storagetest.Refuse
	})
	var args []reflect.Value
	for k := range method.Type.NumIn() {
		args = append(args, reflect.Zero(method.Type.In(k)))
	}
	if len(args) > 0 && method.Type.In(0) == reflect.TypeFor[context.Context]() {
		args[0] = reflect.ValueOf(t.Context())
	}
	if method.Name == "Append" {
		args[1] = reflect.ValueOf(batches()[:1])
	}
	out = reflect.ValueOf(f).MethodByName(method.Name).Call(args)
	return seen, out
}

// nameable reports whether a plan may name the method.
func nameable(method string) (is bool) {
	defer func() { is = recover() == nil }()
	storagetest.On(storagetest.Refuse, method)
	return
}
