package collab_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/delta"
	"quire/collab/session"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/storagetest"
)

// count counts the store's calls of a method from now on.
func (h *house) count(method string) func() int {
	var mu sync.Mutex
	n := 0
	h.store.SetPlan(func(c storagetest.Call) storagetest.Fault {
		mu.Lock()
		defer mu.Unlock()
		if c.Is(method) {
			n++
		}
		return storagetest.None
	})
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

func TestAHundredArrivalsAreOneLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.create(doc, "ab")
		loads := h.count("Load")
		var peers []*peer
		for range 100 {
			peers = append(peers, h.connect("vic", ""))
		}
		for _, p := range peers {
			p.session.Receive(t.Context(), []byte(`{"a":"s","c":"documents","d":"d1"}`))
		}
		for _, p := range peers {
			p.expect("s@1", "doc viewer")
		}
		if loads() != 1 {
			t.Errorf("%d loads, want 1", loads())
		}
	})
}

func TestAnIdleDocumentLeavesMemoryAndComesBack(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		ann.op(doc, 1, `[{"insert":"A"}]`)
		loads := h.count("Load")
		time.Sleep(10 * time.Minute) // with somebody there it stays
		h.wantText("Aab")
		ann.session.Leave()
		bob.session.Leave()
		time.Sleep(50 * time.Second)
		h.wantText("Aab")
		if loads() != 0 {
			t.Errorf("%d loads while somebody was there, or just now", loads())
		}
		time.Sleep(2 * time.Minute)
		h.wantText("Aab")
		if loads() != 1 {
			t.Errorf("%d loads, want 1: it had left", loads())
		}
	})
}

func TestP8LiveDocumentsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, withLimits(collab.Limits{Documents: 3}))
		ann := h.connect("ann", "")
		for i := range 5 {
			id := storage.DocumentID(fmt.Sprintf("x%d", i))
			h.create(id, "ab")
			ann.send(`{"a":"f","c":"documents","d":%q}`, id) // comes and goes
			ann.expect("f@1")
		}
		for i := range 4 {
			ann.send(`{"a":"s","c":"documents","d":"x%d"}`, i)
		}
		ann.pull()
		if ann.closed() != wire.CloseOverloaded {
			t.Errorf("closed with %d, want %d", ann.closed(), wire.CloseOverloaded)
		}
	})
}

func TestL6SnapshotsComeByCountAndWhenQuiet(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		for v := 1; v <= 45; v++ {
			ann.op(doc, v, fmt.Sprintf(`[{"insert":"%d "}]`, v))
			time.Sleep(time.Millisecond)
		}
		loaded, err := h.memory.Load(h.Context(), doc, storage.Newest, 0)
		if err != nil || len(loaded.Ops) > 20 || loaded.Snapshot.Revision == 0 {
			t.Errorf("%d ops behind the snapshot of %d, want at most 20 (%v)", len(loaded.Ops), loaded.Snapshot.Revision, err)
		}
		time.Sleep(time.Minute)
		loaded, err = h.memory.Load(h.Context(), doc, storage.Newest, 0)
		if err != nil || len(loaded.Ops) != 0 || !strings.HasPrefix(loaded.Document.Preview, "45 44 43") {
			t.Errorf("when quiet: %d ops behind, preview %q, %v", len(loaded.Ops), loaded.Document.Preview, err)
		}
		snapshots := h.count("SaveSnapshot")
		time.Sleep(time.Hour)
		if snapshots() != 0 {
			t.Errorf("%d snapshots of what has one", snapshots())
		}
	}, withLimits(collab.Limits{SnapshotOps: 20}))
}

func TestL6ADamagedSnapshotIsRebuilt(t *testing.T) {
	for _, how := range []string{"checksum", "text"} {
		bubble(t, "ab", func(h *house, ann, bob *peer) {
			ann.op(doc, 1, `[{"insert":"A"}]`)
			time.Sleep(time.Minute)
			at, err := h.memory.Snapshots(h.Context(), doc)
			if err != nil || !slices.Contains(at, 2) {
				t.Errorf("Snapshots = %v, %v; want one of the head", at, err)
			}
			if how == "checksum" {
				h.memory.DamageSnapshot(doc, 2)
			} else if err := h.memory.SaveSnapshot(h.Context(), doc, storage.Snapshot{Revision: 2, Body: []byte(`[{"delete":1}]`)}); err != nil {
				t.Fatal(err)
			}
			again := h.newHub()
			defer again.Close()
			if content, _, err := again.Content(h.Context(), "", doc, storage.Newest); err != nil || content.PlainText() != "Aab" {
				t.Errorf("Content = %v, %v; want it from the log", content, err)
			}
			time.Sleep(time.Minute)
			loaded, err := h.memory.Load(h.Context(), doc, storage.Newest, 0)
			if err != nil || loaded.Snapshot.Revision != 2 || string(loaded.Snapshot.Body) != `[{"insert":"Aab"}]` {
				t.Errorf("Snapshot = %+v, %v; want it rebuilt", loaded.Snapshot, err)
			}
		})
	}
}

func TestEtherpad2037ADocumentThatCannotBeAppliedHarmsNoOther(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.create("d2", "poisoned")
		op := storage.Op{Client: "x", Seq: 1, Author: "ann", At: time.Now(), Body: []byte(`"op":[{"delete":99}]`)}
		if err := h.memory.Append(h.Context(), []storage.Batch{{Document: "d2", Base: 1, Ops: []storage.Op{op}}})[0]; err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.hub.Content(h.Context(), "", "d2", storage.Newest); !errors.Is(err, collab.ErrDamaged) {
			t.Errorf("Content = %v, want ErrDamaged", err)
		}
		bob.send(`{"a":"f","c":"documents","d":"d2"}`)
		bob.expect("f!ERR_SUBMIT_TRANSFORM_OPS_NOT_FOUND")
		ann.op(doc, 1, `[{"insert":"A"}]`)
		bob.expect("op 1")
		if content, _, err := h.hub.Content(h.Context(), "", "d2", 1); err != nil || content.PlainText() != "poisoned" {
			t.Errorf("Content before the poison = %v, %v", content, err)
		}
	})
}

func TestDrainAcknowledgesSavesAndCloses(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.Next(storagetest.Stall)
		ann.op(doc, 1, `[{"insert":"A"}]`)
		done := make(chan error)
		go func() { done <- h.hub.Drain(h.Context()) }()
		synctest.Wait()
		bob.expect("bye")
		bob.op(doc, 1, `[{"insert":"B"}]`) // not taken any more, and not refused
		if bob.closed() != 0 {
			t.Errorf("closed with %d before what is on its way was committed", bob.closed())
		}
		h.store.Release()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if ann.closed() != wire.CloseRestarting {
			t.Errorf("closed with %d, want %d", ann.closed(), wire.CloseRestarting)
		}
		h.wantLog(2)
		if at, err := h.memory.Snapshots(h.Context(), doc); err != nil || !slices.Contains(at, 2) {
			t.Errorf("Snapshots = %v, %v; want one of the head", at, err)
		}
		_, err := h.hub.Submit(h.Context(), doc, collab.Submission{Who: identity("ann"), Client: "k", Seq: 1, Base: 1, Op: delta.Delta{}})
		if !errors.Is(err, collab.ErrDraining) {
			t.Errorf("Submit = %v, want ErrDraining", err)
		}
		late := &peer{h: h, user: "ann"}
		late.session = session.Join(h.hub, late, identity("ann"))
		if late.closed() != wire.CloseRestarting {
			t.Errorf("a newcomer was closed with %d, want %d", late.closed(), wire.CloseRestarting)
		}
		late.session.Leave()
	})
}

func TestDrainGivesUpWhenItsTimeIsOver(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.SetDown(true)
		ann.op(doc, 1, `[{"insert":"A"}]`)
		ctx, cancel := context.WithTimeout(h.Context(), 3*time.Second)
		defer cancel()
		if err := h.hub.Drain(ctx); err == nil {
			t.Error("Drain = nil although an op is not stored")
		}
		if ann.closed() != wire.CloseRestarting {
			t.Errorf("closed with %d, want %d", ann.closed(), wire.CloseRestarting)
		}
	})
}

// A document that was pasted at once held its text three times: in its content, in its last op and in that op's frame.
func TestADocumentThatHasFallenQuietKeepsNoLargeOps(t *testing.T) {
	const pasted = 100_000
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		before := h.hub.Memory()
		ann.op(doc, 1, fmt.Sprintf(`[{"insert":%q}]`, strings.Repeat("x", pasted)))
		bob.pull()
		time.Sleep(time.Minute)
		if quiet := h.hub.Memory() - before; quiet > 3*pasted+8<<10 {
			t.Errorf("%d bytes for %d units, want the content alone", quiet, pasted)
		}
		reads := h.count("Read")
		bob.op(doc, 1, `[{"retain":2},{"insert":"B"}]`) // made before what is gone
		if reads() == 0 {
			t.Error("nothing was read from the log, so the op was kept")
		}
		h.wantText(strings.Repeat("x", pasted) + "abB")
	})
}
