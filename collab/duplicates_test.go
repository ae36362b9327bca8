package collab_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/storagetest"
)

// resend sends an op again under a client's id.
func (p *peer) resend(src string, v, seq int, components string) {
	p.h.Helper()
	p.send(`{"a":"op","c":"documents","d":"d1","v":%d,"src":%q,"seq":%d,"x":{},"op":%s}`, v, src, seq, components)
}

func (h *house) wantLog(n int) {
	h.Helper()
	if got := h.log(doc); len(got) != n {
		h.Errorf("log has %d ops, want %d: %v", len(got), n, got)
	}
}

func TestL3AnOpSentAgainIsAcknowledgedWhereItLies(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		bob.op(doc, 1, `[{"insert":"B"}]`)
		ann.op(doc, 1, `[{"insert":"A"}]`)
		ann.pull()
		ann.session.Leave()
		again := h.connect("ann", ann.id)
		if again.id != ann.id {
			t.Fatalf("id = %s, want %s again", again.id, ann.id)
		}
		// As sent, from where it was; then as the client has it after bob's op.
		again.resend(ann.id, 1, 1, `[{"insert":"A"}]`)
		again.expect("op 1", "ack 2")
		again.resend(ann.id, 2, 1, `[{"retain":1},{"insert":"A"}]`)
		again.expect("ack 2")
		again.resend(ann.id, 2, 1, `[{"insert":"other"}]`)
		again.expect("op!ERR_OP_TWIN_DIFFERS")
		h.wantLog(3)
	})
}

func TestL3TheSearchGoesOnInTheStore(t *testing.T) {
	limits := collab.Limits{RecentOps: 2, FeedBytes: 1, PageBytes: 100}
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		seq := ann.op(doc, 1, `[{"retain":2},{"insert":"A"}]`)
		for v := 2; v < 30; v++ {
			bob.op(doc, v, `[{"insert":"b"}]`)
		}
		ann.session.Leave()
		again := h.connect("ann", ann.id)
		again.resend(ann.id, 1, seq, `[{"retain":2},{"insert":"A"}]`)
		again.expect("ack 1")
		again.resend(ann.id, 1, 7, `[{"retain":2},{"insert":"Z"}]`) // another, from long ago
		frames := again.pull()
		if last := frames[len(frames)-1].brief(); len(frames) != 30 || last != "ack 30" {
			t.Errorf("got %d frames, the last %s, want the 29 ops missed and ack 30", len(frames), last)
		}
		h.wantLog(31)
	}, withLimits(limits))
}

func TestL3AnOpSentAgainWhileItWaitsIsStoredOnce(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.Next(storagetest.Stall)
		seq := ann.op(doc, 1, `[{"insert":"A"}]`)
		ann.session.Leave()
		again := h.connect("ann", ann.id)
		again.resend(ann.id, 1, seq, `[{"insert":"A"}]`)
		again.resend(ann.id, 1, seq, `[{"insert":"other"}]`)
		again.expect("op!ERR_OP_TWIN_DIFFERS")
		h.store.Release()
		again.expect("ack 1")
		h.wantLog(2)
	})
}

func TestL2AfterAnUnknownOutcomeTheLogIsReadFirst(t *testing.T) {
	for _, fault := range []storagetest.Fault{storagetest.Lie, storagetest.Break, storagetest.Refuse, storagetest.Half} {
		bubble(t, "ab", func(h *house, ann, bob *peer) {
			h.store.Next(fault)
			ann.op(doc, 1, `[{"insert":"A"}]`)
			bob.op(doc, 1, `[{"insert":"B"}]`)
			time.Sleep(time.Second) // of the bubble
			ann.expect("ack 1", "op 2")
			bob.expect("op 1", "ack 2")
			h.wantText("ABab")
			h.wantLog(3)
		})
	}
}

func TestL2NothingIsShownBeforeItIsCommitted(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.Next(storagetest.Stall)
		ann.op(doc, 1, `[{"insert":"A"}]`)
		ann.expect()
		bob.expect()
		vic := h.connect("vic", "") // joins meanwhile, and waits for nothing
		vic.send(`{"a":"s","c":"documents","d":"d1"}`)
		vic.expect("s@1", "doc viewer")
		h.wantText("ab")
		h.store.Release()
		ann.expect("ack 1")
		bob.expect("op 1")
		vic.expect("op 1")
	})
}

func TestL1AnotherNodesOpsAreMergedAfterAConflict(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		other := h.newHub()
		defer other.Close()
		vic := h.join(other, identity("bob"), "")
		vic.subscribe(doc)
		ann.op(doc, 1, `[{"insert":"A"}]`)
		vic.op(doc, 1, `[{"insert":"V"}]`)
		vic.expect("op 1", "ack 2")
		ann.op(doc, 2, `[{"retain":1},{"insert":"C"}]`)
		ann.expect("ack 1", "op 2", "ack 3")
		bob.expect("op 1", "op 2", "op 3")
		h.wantText("AVCab")
		vic.op(doc, 4, `[{"insert":"!"}]`) // of a revision its node has not heard of
		vic.expect("op 3", "ack 4")
	})
}

func TestW7AFaultOfTheStoreIsNeverAnError(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		h.store.SetDown(true)
		seq := ann.op(doc, 1, `[{"insert":"A"}]`)
		bob.send(`{"a":"f","c":"documents","d":"d1","v":1}`)
		bob.expect("f") // needs no store
		time.Sleep(9 * time.Second)
		ann.expect()
		if ann.closed() != 0 {
			t.Errorf("closed with %d before the time was over", ann.closed())
		}
		time.Sleep(3 * time.Second)
		ann.expect()
		if ann.closed() != wire.CloseUnavailable {
			t.Errorf("closed with %d, want %d", ann.closed(), wire.CloseUnavailable)
		}
		if bob.closed() != 0 {
			t.Errorf("bob, who waits for nothing, was closed with %d", bob.closed())
		}
		h.store.SetDown(false)
		time.Sleep(2 * time.Second)
		ann.session.Leave()
		again := h.connect("ann", ann.id)
		again.resend(ann.id, 1, seq, `[{"insert":"A"}]`)
		again.expect("ack 1")
		h.wantLog(2)
	})
}

func TestW7ADocumentThatCannotBeLoadedKeepsItsReadersWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.create(doc, "ab")
		h.store.SetPlan(storagetest.On(storagetest.Refuse, "Load"))
		ann, bob := h.connect("ann", ""), h.connect("bob", "")
		ann.send(`{"a":"s","c":"documents","d":"d1"}`)
		ann.expect()
		time.Sleep(5 * time.Second)
		bob.send(`{"a":"bs","c":"documents","b":["d1"]}`)
		time.Sleep(7 * time.Second)
		ann.expect()
		if ann.closed() != wire.CloseUnavailable {
			t.Errorf("ann closed with %d, want %d", ann.closed(), wire.CloseUnavailable)
		}
		ann.session.Leave()
		bob.session.Leave()
		h.store.SetPlan(nil) // a failed load is not remembered
		vic := h.connect("vic", "")
		vic.send(`{"a":"s","c":"documents","d":"d1"}`)
		time.Sleep(2 * time.Second)
		vic.expect("s@1", "doc viewer")
	})
}

func TestW1AnotherUsersClientIDIsNotTaken(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		seq := ann.op(doc, 1, `[{"insert":"A"}]`)
		ann.pull()
		stolen := h.connect("bob", ann.id)
		if stolen.id == ann.id || !wire.VerifyClientID([]byte(secret), "bob", stolen.id) {
			t.Errorf("bob got the id %s, ann's is %s", stolen.id, ann.id)
		}
		stolen.resend(ann.id, 2, 9, `[{"insert":"B"}]`)
		stolen.expect("op!ERR_FORBIDDEN")
		stolen.resend(ann.id, 1, seq, `[{"insert":"A"}]`)
		stolen.expect("op!ERR_OP_TWIN_DIFFERS")
		h.wantLog(2)
		// An id of before the secret changed is acknowledged for what the log holds, and for nothing else.
		op := storage.Op{Client: "unsigned", Seq: 4, Author: "bob", At: time.Now(), Body: []byte(`"op":[{"insert":"C"}]`)}
		batch := storage.Batch{Document: doc, Base: 2, Ops: []storage.Op{op}}
		if err := h.memory.Append(context.Background(), []storage.Batch{batch})[0]; err != nil {
			t.Fatal(err)
		}
		ann.op(doc, 2, `[]`) // hears of it
		stolen.resend("unsigned", 2, 4, `[{"insert":"C"}]`)
		stolen.expect("ack 2")
		stolen.resend("unsigned", 2, 5, `[{"insert":"D"}]`)
		stolen.expect("op!ERR_FORBIDDEN")
	})
}

func TestL9ARevisionBeyondTheHeadIsAnError(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		ann.op(doc, 7, `[{"insert":"A"}]`)
		ann.expect("op!ERR_OP_VERSION_NEWER_THAN_CURRENT_SNAPSHOT")
		ann.send(`{"a":"s","c":"documents","d":"d1","v":7}`)
		ann.expect("s!ERR_OP_VERSION_NEWER_THAN_CURRENT_SNAPSHOT")
		ann.send(`{"a":"f","c":"documents","d":"d1","v":2}`)
		ann.expect("f!ERR_OP_VERSION_NEWER_THAN_CURRENT_SNAPSHOT")
	})
}

func TestP2LargeOpsOverManyAreDoneAside(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		for v := 1; v < 20; v++ {
			ann.op(doc, v, `[{"insert":"a"}]`)
		}
		bob.op(doc, 1, `[{"insert":"1"},{"retain":1},{"insert":"2"},{"retain":1},{"insert":"3"}]`)
		bob.op(doc, 1, `[{"insert":"4"}]`)
		bob.pull()
		h.wantText(fmt.Sprintf("%s14a2b3", "aaaaaaaaaaaaaaaaaaa"))
	}, withLimits(collab.Limits{TransformSteps: 10}))
}
