package budget

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
)

func block(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// grab takes pieces of n until there is no more.
func grab(o *Owner, from Source, n int64) (got int64) {
	for o.Take(from, n) != nil {
		got += n
	}
	return got
}

func TestP8GreedyPersonsLeaveSomethingForTheNextOne(t *testing.T) {
	s := Shares{Limit: 100_000}
	var all Owner
	divided := int64(50_000)
	for k := range 20 {
		got := grab(&all, s.Of(fmt.Sprint("greedy", k)), 1)
		if want := divided / 5; got < want || got > want+1 { // and one from Single
			t.Errorf("greedy person %d got %d, want %d: a fifth of what the others left", k, got, want)
		}
		divided -= got - 1
	}
	if got := grab(&all, s.Of("next"), 1); got < 100 {
		t.Errorf("after 20 greedy ones the next got %d of 100,000", got)
	}
	all.End()
	if s.Used() != 0 || s.Keys() != 0 || s.divided != 0 || s.single != 0 || s.node != 0 {
		t.Errorf("all have ended, and %d of %d persons are used", s.Used(), s.Keys())
	}
}

func TestP8SomethingLargePassesAndTakesNothingFromWhatIsDivided(t *testing.T) {
	s := Shares{Limit: 1000, Alone: true}
	var o, other Owner
	if o.Take(s.Of("ann"), 400) == nil || o.Take(s.Of("ann"), 400) != nil || o.Take(s.Of("ann"), 100) == nil {
		t.Error("want one reservation beyond the share, no second one, and the share besides")
	}
	if other.Take(s.Of("bob"), 400) != nil {
		t.Error("two large ones are larger than their part of the whole")
	}
	if other.Take(s.Of("bob"), 80) == nil {
		t.Error("a large one takes from what is divided")
	}
	o.End()
	if other.Take(s.Of("bob"), 5000) == nil || s.Used() != 5080 {
		t.Errorf("%d are used, want one of 5,000 although the whole is 1,000", s.Used())
	}
	var third Owner
	if third.Take(s.Of("eve"), 80) == nil || third.Take(s.Of("eve"), 500) != nil {
		t.Error("beside what is larger than the whole want a small one, and no large one")
	}
	third.End()
	other.End()
	if s.Used() != 0 || s.Keys() != 0 || s.single != 0 {
		t.Errorf("%d of %d persons are used", s.Used(), s.Keys())
	}
}

func TestP8WhoStaysPaysForWhatWasShared(t *testing.T) {
	s := Shares{Limit: 1000}
	var house, ann, bob Owner
	r := ann.Take(s.Of("ann"), 100)
	if !house.Keep(r) || !bob.Hold(r, s.Of("bob")) {
		t.Fatal("cannot be shared")
	}
	if top := s.Top(5); len(top) != 2 || top[0] != (Use{"ann", 100}) || top[1] != (Use{"bob", 100}) || s.Used() != 100 || s.divided != 100 {
		t.Errorf("%v hold 100 bytes, want ann and bob, and %d used in all", top, s.Used())
	}
	ann.End()
	if top := s.Top(5); len(top) != 1 || top[0] != (Use{"bob", 100}) {
		t.Errorf("%v pay after ann left, want bob", top)
	}
	bob.Drop(r)
	if s.Keys() != 0 || s.Used() != 100 || s.node != 100 {
		t.Errorf("%v pay for what is only kept", s.Top(5))
	}
	grab(&bob, s.Of("bob"), 10)
	bob.Hold(r, s.Of("bob")) // one of them may be paid from Single
	bob.Hold(r, s.Of("bob"))
	var eve Owner
	eve.Take(s.Of("eve"), 500)
	house.End()
	bob.End()
	eve.End()
	if s.Used() != 0 || s.Keys() != 0 || s.divided != 0 || s.single != 0 || s.node != 0 {
		t.Errorf("%d of %d persons are used", s.Used(), s.Keys())
	}
}

// Who shares what others pay for has it in their share, too: else they would be left with all of it when the others have gone.
func TestP8WhatOthersPayForIsInOnesShare(t *testing.T) {
	s := Shares{Limit: 1000}
	var eve Owner
	got := 0
	for range 10 {
		var ann Owner
		r := ann.Take(s.Of("ann"), 90)
		if r == nil {
			t.Fatalf("ann can take nothing, after eve has %d", got)
		}
		if eve.Hold(r, s.Of("eve")) {
			got++
		}
		ann.End()
	}
	if got != 1 || s.Used() != 90 {
		t.Errorf("eve has %d, %d are used; want one", got, s.Used())
	}
	eve.End()
	if s.Used() != 0 || s.Keys() != 0 || s.divided != 0 {
		t.Errorf("%d of %d persons are used", s.Used(), s.Keys())
	}
}

func TestP8WhatIsKeptMustFitTheShareOfWhoTakesItUp(t *testing.T) {
	s := Shares{Limit: 1000}
	var house, ann Owner
	var kept []*Reservation
	for range 3 {
		var maker Owner
		r := maker.Take(s.Of("maker"), 300)
		house.Keep(r)
		maker.End()
		kept = append(kept, r)
	}
	if !ann.Hold(kept[0], s.Of("ann")) || ann.Hold(kept[1], s.Of("ann")) {
		t.Error("want one of what is kept from Single, and no second one")
	}
	ann.End()
	house.End()
	if s.Used() != 0 || s.Keys() != 0 {
		t.Errorf("%d are used", s.Used())
	}
}

// Who waits is served in turn: another person's one request comes before the many of who came first.
func TestP8PersonsWaitInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Shares{Limit: 100}
		var first Owner
		r := first.Take(s.Of("first"), 50)
		var mu sync.Mutex
		var order []string
		var all sync.WaitGroup
		wait := func(ctx context.Context, who string, n int64) {
			all.Go(func() {
				var o Owner
				defer o.End()
				if _, err := o.Await(ctx, s.Of(who), n, block); err != nil {
					t.Logf("%s: %v", who, err)
					return
				}
				mu.Lock()
				order = append(order, who)
				mu.Unlock()
			})
			synctest.Wait()
		}
		gone, leave := context.WithCancel(t.Context())
		wait(gone, "gone", 50)
		for range 3 {
			wait(t.Context(), "ann", 50)
		}
		wait(t.Context(), "bob", 50)
		var small Owner
		if small.Take(s.Of("eve"), 5) == nil || small.Take(s.Of("eve"), 40) != nil {
			t.Error("want a small one at once, and a large one behind those who wait")
		}
		leave()
		synctest.Wait()
		first.Drop(r)
		all.Wait()
		if got := fmt.Sprint(order); got != "[ann bob ann ann]" {
			t.Errorf("served %v, want ann, bob and then ann's others", got)
		}
		small.End()
		if _, err := first.Await(t.Context(), s.Of("ann"), 101, block); !errors.Is(err, ErrTooLarge) {
			t.Errorf("what never fits waits: %v", err)
		}
		if s.Used() != 0 || s.Keys() != 0 || len(s.waiting.turns) != 0 || len(s.waiting.of) != 0 {
			t.Errorf("%d are used, %d wait", s.Used(), len(s.waiting.turns))
		}
	})
}

// Whatever k persons do, the next one's first reservation of up to a fifth of what they must leave is admitted; and nothing is
// used when all owners have ended.
func TestP8WhateverPersonsDoTheNextGetsAShare(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for round := range 60 {
		r := rand.New(rand.NewPCG(seed, uint64(round)))
		s := Shares{Limit: 1_000_000, Alone: r.IntN(2) == 0}
		k := 1 + r.IntN(8)
		sharing := r.IntN(2) == 0
		left, some := s.Limit/2, k
		if sharing { // what was beyond somebody's share with another may stay where that one paid for it
			some = 2 * k
		}
		for range some {
			left = left * 4 / 5
		}
		owners := make([]Owner, 3*k)
		var held []*Reservation
		for range 400 {
			i := r.IntN(len(owners))
			who := s.Of(fmt.Sprint(i % k))
			switch r.IntN(8) {
			case 0:
				owners[i].End()
				owners[i] = Owner{}
			case 1:
				if len(held) > 0 && sharing {
					owners[i].Hold(held[r.IntN(len(held))], who)
				}
			case 2:
				if len(held) > 0 {
					owners[i].Drop(held[r.IntN(len(held))])
				}
			default:
				if got := owners[i].Take(who, 1+r.Int64N(int64(1)<<r.IntN(20))); got != nil {
					held = append(held, got)
				}
			}
			var next Owner
			if next.Take(s.Of("next"), left/5) == nil {
				t.Fatalf("round %d, %d persons: %d of the divided half are used, and the next does not get %d", round, k, s.divided, left/5)
			}
			next.End()
			if s.divided > s.Limit/2 {
				t.Fatalf("round %d: %d of the divided half are used", round, s.divided)
			}
		}
		for i := range owners {
			owners[i].End()
		}
		if s.Used() != 0 || s.Keys() != 0 || s.divided != 0 || s.single != 0 || s.node != 0 {
			t.Fatalf("round %d: %d of %d persons are used", round, s.Used(), s.Keys())
		}
	}
}

func TestP8SharesAreAtZeroAfterConcurrentOwners(t *testing.T) {
	s := Shares{Limit: 100}
	var all sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	for i := range 8 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			for range 200 {
				var o Owner
				if got, _ := o.Await(ctx, s.Of(fmt.Sprint(i%3)), 1+r.Int64N(60), block); got != nil {
					got.Resize(r.Int64N(60))
				}
				o.End()
			}
		})
	}
	all.Wait()
	stop()
	if s.Used() != 0 || s.Keys() != 0 || len(s.waiting.turns) != 0 {
		t.Errorf("%d of %d persons are used, %d wait", s.Used(), s.Keys(), len(s.waiting.turns))
	}
}

func TestP8SmallerOnesDoNotOvertakeWhatIsLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Shares{Limit: 100}
		var first, second, eve Owner
		first.Take(s.Of("first"), 30)
		second.Take(s.Of("second"), 20)
		var all sync.WaitGroup
		var order []string
		for _, who := range []struct {
			name string
			n    int64
		}{{"ann", 50}, {"bob", 25}} {
			all.Go(func() {
				var o Owner
				defer o.End()
				if _, err := o.Await(t.Context(), s.Of(who.name), who.n, block); err != nil {
					t.Error(err)
				}
				order = append(order, who.name)
			})
			synctest.Wait()
		}
		first.End()
		synctest.Wait()
		if len(order) > 0 || eve.Take(s.Of("eve"), 25) != nil {
			t.Errorf("%v, or a newcomer, overtook ann, who needs more", order)
		}
		second.End()
		all.Wait()
		if fmt.Sprint(order) != "[ann bob]" {
			t.Errorf("served %v, want ann and bob", order)
		}
	})
}
