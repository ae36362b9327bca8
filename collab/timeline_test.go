package collab_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/storagetest"
)

func (h *house) head(id storage.DocumentID) storage.Head {
	h.Helper()
	head, err := h.memory.Head(h.Context(), id)
	if err != nil {
		h.Fatal(err)
	}
	return head
}

// elsewhere has another node write n ops.
func (h *house) elsewhere(id storage.DocumentID, n int) {
	h.Helper()
	for range n {
		head := h.head(id).Revision
		body := wire.AppendBody(nil, wire.Body{Kind: wire.Edit, Delta: delta.Delta{delta.Insert("E")}})
		op := storage.Op{Client: "elsewhere", Seq: int64(head), Author: "bob", Body: body}
		batch := storage.Batch{Document: id, Base: head, Ops: []storage.Op{op}, Rewinds: h.memory.Rewinds()}
		if err := h.memory.Append(h.Context(), []storage.Batch{batch})[0]; err != nil {
			h.Fatal(err)
		}
	}
}

// N12: a log that ends before what is in memory drops that, closes whoever has it open with resync, and what is written next
// goes on from the log; noticed by the next commit, and by a look where nobody writes.
func TestALogThatWentBackIsFollowedN12(t *testing.T) {
	for _, how := range []string{"commit", "look"} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.create("d1", "text")
				ann, bob := h.connect("ann", ""), h.connect("bob", "")
				ann.subscribe("d1")
				bob.subscribe("d1")
				ann.op("d1", 1, `[{"insert":"a"}]`)
				ann.op("d1", 2, `[{"insert":"b"}]`)
				before := h.head("d1")
				h.memory.Rewind("d1", 2)
				if how == "commit" {
					ann.op("d1", 3, `[{"insert":"c"}]`)
				} else {
					h.hub.Look("d1", before) // all is well, as far as that knows
					h.hub.Look("d1", h.head("d1"))
				}
				synctest.Wait()
				for _, p := range []*peer{ann, bob} {
					if got := p.closed(); got != wire.CloseResync {
						t.Errorf("%s was closed with %d, want %d", p.user, got, wire.CloseResync)
					}
				}
				if got := h.hub.InUse().Reading; got != 0 {
					t.Errorf("P8: %d bytes of encodings that nobody may get are in use", got)
				}
				again := h.connect("bob", "")
				again.send(`{"a":"s","c":"documents","d":"d1","v":3}`)
				again.expect("s!" + string(wire.CodeNewerThanHead))
				again.subscribe("d1")
				again.op("d1", 2, `[{"insert":"B"}]`)
				again.expect("ack 2")
				if got := h.text("d1"); got != "Batext" {
					t.Errorf("the document holds %q", got)
				}
			})
		})
	}
}

// N12: after a failover that lost ops nothing goes on from what was lost, also where another node has written as much since, or
// more: who is open is closed with resync and finds a new epoch (L9), and what is typed then follows what the log holds.
func TestAFailoverThatLostOpsIsFollowedN12L9(t *testing.T) {
	for _, written := range []int{0, 2, 5} {
		for _, how := range []string{"commit", "follow"} {
			t.Run(fmt.Sprintf("%s, %d written elsewhere", how, written), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { failOver(t, how, written) })
			})
		}
	}
}

func failOver(t *testing.T, how string, written int) {
	h := newHouse(t)
	h.create("d1", "text")
	h.create("d2", "other")
	ann, bob := h.connect("ann", ""), h.connect("bob", "")
	ann.subscribe("d1")
	bob.subscribe("d1")
	bob.subscribe("d2")
	ann.op("d1", 1, `[{"insert":"a"}]`)
	ann.op("d1", 2, `[{"insert":"b"}]`)
	synctest.Wait()
	h.memory.FailOver(map[storage.DocumentID]storage.Revision{"d1": 1}, false)
	h.elsewhere("d1", written)
	before := len(h.log("d1"))
	if how == "commit" {
		ann.op("d1", 3, `[{"insert":"c"}]`)
	} else if err := h.hub.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	for _, p := range []*peer{ann, bob} {
		if got := p.closed(); got != wire.CloseResync {
			t.Errorf("%s was closed with %d, want %d", p.user, got, wire.CloseResync)
		}
	}
	epoch, err := h.memory.Epoch(t.Context())
	if got := h.hub.Epoch(); got != epoch || err != nil {
		t.Errorf("the hub's epoch is %q, the store's %q, %v", got, epoch, err)
	}
	if got := len(h.log("d1")); got != before {
		t.Fatalf("the log holds %q", h.log("d1"))
	}
	want := "EEEEE"[:written] + "text"
	if got := h.text("d1"); got != want {
		t.Errorf("the document holds %q, want %q", got, want)
	}
	again := h.connect("ann", "")
	again.subscribe("d1")
	again.op("d1", before, `[{"insert":"A"}]`)
	again.expect(fmt.Sprintf("ack %d", before))
	if got := h.text("d1"); got != "A"+want {
		t.Errorf("then the document holds %q, want %q", got, "A"+want)
	}
	if got := h.text("d2"); got != "other" {
		t.Errorf("the other document holds %q", got)
	}
}

// N12: a failover that lost nothing is noticed by nobody: sessions stay, and what was typed meanwhile is acknowledged.
func TestAFailoverThatLostNothingIsUnnoticedN12(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.create("d1", "text")
		h.create("d2", "other")
		ann, vic := h.connect("ann", ""), h.connect("vic", "")
		ann.subscribe("d1")
		vic.subscribe("d2")
		ann.op("d1", 1, `[{"insert":"a"}]`)
		ann.expect("ack 1")
		h.memory.FailOver(nil, true)
		h.elsewhere("d1", 1)
		if err := h.hub.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		ann.op("d1", 2, `[{"insert":"b"}]`)
		ann.expect("op 2", "ack 3")
		h.memory.FailOver(nil, true)
		ann.op("d1", 4, `[{"insert":"c"}]`)
		ann.expect("ack 4")
		vic.expect()
		if got := h.text("d1"); got != "cbEatext" && got != "cEbatext" {
			t.Errorf("the document holds %q", got)
		}
	})
}

// N12: a snapshot of what a failover lost is not stored over what others wrote since.
func TestASnapshotOfWhatWasLostIsNotStoredN12(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.create("d1", "text")
		ann := h.connect("ann", "")
		ann.subscribe("d1")
		ann.op("d1", 1, `[{"insert":"a"}]`)
		ann.expect("ack 1")
		h.memory.FailOver(map[storage.DocumentID]storage.Revision{"d1": 1}, false)
		h.elsewhere("d1", 3)
		if err := h.hub.Drain(t.Context()); err != nil { // which saves what has none
			t.Fatal(err)
		}
		if got, err := h.memory.Snapshots(t.Context(), "d1"); err != nil || len(got) != 0 {
			t.Errorf("snapshots at %v, %v", got, err)
		}
	})
}

// N12: a failover that comes while a commit is under way, and others who write as much as it lost, do not let that commit through.
func TestACommitUnderWayFollowsNoFailoverN12(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.create("d1", "text")
		ann := h.connect("ann", "")
		ann.subscribe("d1")
		ann.op("d1", 1, `[{"insert":"a"}]`)
		ann.expect("ack 1")
		h.store.SetPlan(storagetest.On(storagetest.Stall, "Append"))
		ann.op("d1", 2, `[{"insert":"b"}]`)
		synctest.Wait()
		h.memory.FailOver(map[storage.DocumentID]storage.Revision{"d1": 1}, false)
		h.elsewhere("d1", 1)
		h.store.Release()
		synctest.Wait()
		if got := len(h.log("d1")); got != 2 {
			t.Errorf("the log holds %q", h.log("d1"))
		}
		if got := ann.closed(); got != wire.CloseResync {
			t.Errorf("closed with %d, want %d", got, wire.CloseResync)
		}
		if got := h.text("d1"); got != "Etext" {
			t.Errorf("the document holds %q", got)
		}
	})
}
