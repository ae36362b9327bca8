package collab_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/storagetest"
)

// onFirst gives the first call of a method a fault.
func onFirst(method string, fault storagetest.Fault) storagetest.Plan {
	var seen atomic.Bool
	return func(c storagetest.Call) storagetest.Fault {
		if c.Is(method) && seen.CompareAndSwap(false, true) {
			return fault
		}
		return storagetest.None
	}
}

// N12, L9: an epoch that was read before a failover, and whose answer comes after it, is not taken, and no former one is taken
// back from a faster caller: whoever opens a document then would be told a history that is gone.
func TestAnEpochThatComesLateIsNotTakenN12L9(t *testing.T) {
	for _, others := range []int{0, 1, 3} {
		t.Run(fmt.Sprintf("beside %d others", others), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { comesLate(t, others) })
		})
	}
}

func comesLate(t *testing.T, others int) {
	h := newHouse(t)
	h.create("d1", "text")
	h.store.SetPlan(onFirst("Epoch", storagetest.Late))
	results := make(chan error, 1+others)
	follow := func() { results <- h.hub.Follow(t.Context()) }
	go follow()
	synctest.Wait()
	h.memory.FailOver(nil, false)
	for range others {
		go follow()
	}
	synctest.Wait()
	h.store.Release()
	for range 1 + others {
		if err := <-results; err != nil {
			t.Errorf("Follow = %v", err)
		}
	}
	want, err := h.memory.Epoch(t.Context())
	if got := h.hub.Epoch(); err != nil || got != want {
		t.Errorf("the hub's epoch is %q, the store's %q (%v)", got, want, err)
	}
	ann := h.connect("ann", "")
	if err := h.hub.Follow(t.Context()); err != nil || ann.closed() != 0 {
		t.Errorf("who came after it was closed with %d (%v)", ann.closed(), err)
	}
}

// N12, L9: likewise at the start of a node.
func TestAHubBeginsWithTheEpochOfItsTimeN12L9(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.store.SetPlan(onFirst("Epoch", storagetest.Late))
		began := make(chan string)
		go func() {
			hub := h.newHub()
			defer hub.Close()
			began <- hub.Epoch()
		}()
		synctest.Wait()
		h.memory.FailOver(nil, false)
		h.store.Release()
		want, err := h.memory.Epoch(t.Context())
		if got := <-began; err != nil || got != want {
			t.Errorf("the hub begins with epoch %q, the store's is %q (%v)", got, want, err)
		}
	})
}

// Who waits for another that asks the store may give up.
func TestFollowWaitsNoLongerThanItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.store.SetPlan(onFirst("Epoch", storagetest.Stall))
		first := make(chan error)
		go func() { first <- h.hub.Follow(t.Context()) }()
		synctest.Wait()
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if err := h.hub.Follow(ctx); !errors.Is(err, storage.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Follow = %v, want ErrUnavailable at its end", err)
		}
		h.store.Release()
		if err := <-first; err != nil {
			t.Errorf("the one that was asking = %v", err)
		}
		if err := h.hub.Follow(t.Context()); err != nil {
			t.Errorf("then Follow = %v", err)
		}
	})
}

// lostDeletion is a store that answers a call as one whose document was deleted, upon which a server takes over that does not
// know of the deletion.
type lostDeletion struct {
	collab.Log
	method   string
	failOver func()
}

func (s *lostDeletion) lost(method string) bool {
	if s.method != method {
		return false
	}
	s.method = ""
	s.failOver()
	return true
}

func (s *lostDeletion) Append(ctx context.Context, batches []storage.Batch) []error {
	if s.lost("Append") {
		return slices.Repeat([]error{storage.ErrDeleted}, len(batches))
	}
	return s.Log.Append(ctx, batches)
}

func (s *lostDeletion) Read(ctx context.Context, doc storage.DocumentID, from, to storage.Revision, limitBytes int) ([]storage.Op, error) {
	if s.lost("Read") {
		return nil, storage.ErrDeleted
	}
	return s.Log.Read(ctx, doc, from, to, limitBytes)
}

// N12: a deletion of which the log knows nothing any more when it is heard of ends no document: who has it open would be told that
// it is gone for good.
func TestADeletionThatWasLostIsNotToldN12(t *testing.T) {
	for _, method := range []string{"Append", "Read"} {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				lost := &lostDeletion{}
				h := newHouse(t, func(c *collab.Config) { lost.Log, c.Store = c.Store, lost })
				lost.failOver = func() { h.memory.FailOver(nil, false) }
				h.create("d1", "text")
				ann := h.connect("ann", "")
				ann.subscribe("d1")
				lost.method = method
				if method == "Read" { // which a conflict causes
					h.elsewhere("d1", 1)
				}
				ann.op("d1", 1, `[{"insert":"a"}]`)
				synctest.Wait()
				if got := ann.closed(); got != wire.CloseResync {
					t.Errorf("closed with %d, want %d", got, wire.CloseResync)
				}
				again := h.connect("ann", "")
				again.subscribe("d1")
				again.op("d1", 1, `[{"insert":"b"}]`)
				if got := h.text("d1"); !strings.Contains(got, "b") {
					t.Errorf("then the document holds %q", got)
				}
			})
		})
	}
}

// N12: after a failover every document asks which history it is; one answer is enough for all who wait for it.
func TestAfterAFailoverOneQuestionIsEnoughN12(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		const documents = 20
		for i := range documents {
			h.create(storage.DocumentID(fmt.Sprint("d", i)), "text")
		}
		hub := h.newHub()
		defer hub.Close()
		h.memory.FailOver(nil, false)
		var asked atomic.Int64
		late := onFirst("Epoch", storagetest.Late)
		h.store.SetPlan(func(c storagetest.Call) storagetest.Fault {
			if c.Is("Epoch") {
				asked.Add(1)
			}
			return late(c)
		})
		results := make(chan error, documents)
		for i := range documents {
			go func() {
				_, _, err := hub.Content(t.Context(), "", storage.DocumentID(fmt.Sprint("d", i)), storage.Newest)
				results <- err
			}()
		}
		synctest.Wait()
		h.store.Release()
		for range documents {
			if err := <-results; err != nil {
				t.Errorf("Content = %v", err)
			}
		}
		if n := asked.Load(); n > 2 {
			t.Errorf("%d documents asked %d times which history it is", documents, n)
		}
	})
}
