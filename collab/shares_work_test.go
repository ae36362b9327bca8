package collab_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/delta"
	"quire/storage"
)

// work is a store where reading the log of eve's document takes a while of fake time.
type work struct {
	collab.Log
	load, read  time.Duration
	begun, done atomic.Int32 // reads
}

const evesDoc = storage.DocumentID("eves")

func (w *work) take(ctx context.Context, d time.Duration) error {
	w.begun.Add(1)
	defer w.done.Add(1)
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *work) Load(ctx context.Context, doc storage.DocumentID, at storage.Revision, bytes int) (storage.Loaded, error) {
	if doc == evesDoc && at != storage.Newest {
		if err := w.take(ctx, w.load); err != nil {
			return storage.Loaded{}, err
		}
	}
	return w.Log.Load(ctx, doc, at, bytes)
}

func (w *work) Read(ctx context.Context, doc storage.DocumentID, from, to storage.Revision, bytes int) ([]storage.Op, error) {
	if doc == evesDoc {
		if err := w.take(ctx, w.read); err != nil {
			return nil, err
		}
	}
	return w.Log.Read(ctx, doc, from, to, bytes)
}

// slowly is a house over w, where eve has a document of her own, and ann d1.
func slowly(t *testing.T, w *work, options ...option) *house {
	h := newHouse(t, append(options, func(cfg *collab.Config) { w.Log, cfg.Store = cfg.Store, w })...)
	h.create(doc, "ab")
	if _, err := h.hub.Create(h.Context(), identity("eve"), storage.Document{ID: evesDoc}, delta.FromText("eve")); err != nil {
		t.Fatal(err)
	}
	return h
}

// idle checks that nothing is in use once all have left and nothing is kept for a while.
func (h *house) idle() {
	h.Helper()
	time.Sleep(2 * time.Minute)
	synctest.Wait()
	if got := h.hub.InUse(); got != (collab.InUse{}) {
		h.Errorf("P8: all have left, and %+v is in use", got)
	}
}

// A hundred requests for the history of one's own document, and then the end of the session, make nobody else wait for longer than
// the one task that they came behind.
func TestP8WhoAsksForMuchHistoryWaitsAlone(t *testing.T) {
	const each = 160 * time.Millisecond
	for _, places := range []int{1, 2, 4} {
		t.Run(fmt.Sprint(places, " places"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &work{load: each}
				h := slowly(t, w, withLimits(collab.Limits{HeavyTasks: places, HeavyWaiting: 8}))
				eve, ann := h.connect("eve", ""), h.connect("ann", "")
				asking, stop := context.WithCancel(t.Context())
				go func() {
					for i := range 100 {
						eve.session.Receive(asking, fmt.Appendf(nil, `{"a":"nf","id":%d,"c":"documents","d":"%s","v":0}`, i, evesDoc))
					}
				}()
				time.Sleep(each / 4)
				synctest.Wait()
				if running := int(w.begun.Load()); running != max(places-1, 1) {
					t.Errorf("of %d places eve has %d", places, running)
				}
				if got := h.hub.InUse().Tasks; got > places+8 {
					t.Errorf("%d tasks run or wait in line, want no more than eight to wait", got)
				}
				begun := time.Now()
				ann.send(`{"a":"nf","id":1,"c":"documents","d":"d1","v":1}`)
				for len(ann.pull()) == 0 {
					time.Sleep(time.Millisecond)
				}
				if waited := time.Since(begun); waited > 2*each || waited > each && places > 1 {
					t.Errorf("ann waited %v for her document's history; eve's tasks take %v", waited, each)
				}
				eve.session.Leave()
				stop()
				synctest.Wait()
				before := w.begun.Load()
				time.Sleep(time.Minute)
				if begun, done := w.begun.Load(), w.done.Load(); begun != before || done != begun {
					t.Errorf("eve has left, and %d more are read, %d still are", begun-before, begun-done)
				}
				ann.session.Leave()
				h.idle()
			})
		})
	}
}

// P8: what REST has the server do ends with the request too.
func TestP8ARequestThatEndedIsNotWorkedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &work{load: time.Second}
		h := slowly(t, w, withLimits(collab.Limits{HeavyTasks: 2}))
		ctx, stop := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer stop()
		failed := make(chan error, 5)
		for range 5 {
			go func() {
				_, _, err := h.hub.Content(ctx, "eve", evesDoc, 0)
				failed <- err
			}()
		}
		time.Sleep(time.Minute)
		if begun := w.begun.Load(); begun != 2 {
			t.Errorf("%d are read, want one and the begin of a second", begun)
		}
		ended := 0
		for range 5 {
			if err := <-failed; err != nil {
				ended++
			}
		}
		if ended != 4 {
			t.Errorf("%d of 5 ended with an error, want 4", ended)
		}
		h.idle()
	})
}

// flood sends n ops made for revision 1 from each of eve's sessions, as fast as they are read.
func (h *house) flood(ctx context.Context, peers []*peer, n int) {
	for _, p := range peers {
		go func() {
			for seq := range n {
				p.session.Receive(ctx, fmt.Appendf(nil, `{"a":"op","c":"documents","d":"%s","v":1,"seq":%d,"x":{},"op":[{"insert":"E"}]}`, evesDoc, seq+1))
			}
		}()
	}
}

var longOps = withLimits(collab.Limits{RecentOps: 2, TransformSteps: 1, HeavyTasks: 2, LongOps: 4, LongBytes: 64 << 10})

// Small ops for an early revision, from many sockets: what waits of them is bounded by reading the senders more slowly, other persons'
// come in their turn, and nothing is left to do once the senders have left.
func TestP8WhoSendsManyLongTransformsWaitsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const each = 100 * time.Millisecond
		w := &work{read: each}
		h := slowly(t, w, longOps)
		ann, writer := h.connect("ann", ""), h.connect("eve", "")
		writer.subscribe(evesDoc)
		ann.subscribe(doc)
		for v := 1; v < 10; v++ {
			writer.op(evesDoc, v, `[{"insert":"e"}]`)
			ann.op(doc, v, `[{"insert":"a"}]`)
		}
		ann.pull()
		eves := []*peer{writer}
		for range 30 {
			eves = append(eves, h.connect("eve", ""))
		}
		sending, stop := context.WithCancel(t.Context())
		h.flood(sending, eves[1:], 1000)
		time.Sleep(10 * each)
		synctest.Wait()
		if got := h.hub.InUse(); got.Tasks > 2 || got.Longs > 30*4*1200 {
			t.Errorf("30 sockets send as fast as they are read, and %+v is in use", got)
		}
		begun := time.Now()
		ann.op(doc, 1, `[{"insert":"A"}]`)
		ann.expect("ack 10")
		if waited := time.Since(begun); waited > each {
			t.Errorf("ann waited %v for an op of her own that takes no time", waited)
		}
		stop()
		for _, p := range eves {
			if code := p.closed(); code != 0 {
				t.Errorf("one of eve's was closed with %d", code)
			}
			p.session.Leave()
		}
		synctest.Wait()
		before := w.begun.Load()
		time.Sleep(time.Minute)
		if begun, done := w.begun.Load(), w.done.Load(); begun != before || done != begun {
			t.Errorf("eve has left, and %d more pages are read, %d still are", begun-before, begun-done)
		}
		ann.session.Leave()
		h.idle()
	})
}

// W4: who has many such ops is read more slowly and never refused, and P5: they stay in order.
func TestW4ManyLongTransformsAreAllDoneInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &work{read: 10 * time.Millisecond}
		h := slowly(t, w, longOps)
		writer := h.connect("eve", "")
		writer.subscribe(evesDoc)
		for v := 1; v < 10; v++ {
			writer.op(evesDoc, v, `[{"retain":3},{"insert":"e"}]`)
		}
		other := h.connect("eve", "")
		other.subscribe(evesDoc)
		go func() {
			for seq := range 40 {
				other.session.Receive(t.Context(), fmt.Appendf(nil, `{"a":"op","c":"documents","d":"%s","v":1,"seq":%d,"x":{},"op":[{"insert":"%c"}]}`, evesDoc, seq+1, 'A'+seq%26))
			}
		}()
		var acks []string
		for range 600 {
			for _, f := range other.pull() {
				if f["error"] != nil {
					t.Errorf("got %v", f)
				}
				if f["op"] == nil && f["a"] == "op" {
					acks = append(acks, fmt.Sprint(f["seq"]))
				}
			}
			time.Sleep(50 * time.Millisecond)
		}
		if other.closed() != 0 || len(acks) != 40 {
			t.Fatalf("%d of 40 are acknowledged, closed with %d", len(acks), other.closed())
		}
		for i, seq := range acks {
			if seq != fmt.Sprint(i+1) {
				t.Fatalf("acknowledged in the order %v", acks)
			}
		}
		if got := h.hub.InUse().Longs; got != 0 {
			t.Errorf("all is done, and %d bytes wait for a transform", got)
		}
	})
}

// What REST has transformed ends with its request, too.
func TestP8AnOpOfARequestThatEndedIsNotTransformed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &work{read: time.Second}
		h := slowly(t, w, longOps)
		writer := h.connect("eve", "")
		writer.subscribe(evesDoc)
		for v := 1; v < 10; v++ {
			writer.op(evesDoc, v, `[{"insert":"e"}]`)
		}
		ctx, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer stop()
		for i := range 5 {
			go h.hub.Submit(ctx, evesDoc, collab.Submission{
				Who: identity("eve"), Client: fmt.Sprint("rest", i), Seq: 1, Base: 1, Op: delta.Delta{delta.Insert("R")},
			})
		}
		time.Sleep(600 * time.Millisecond)
		if got := h.hub.InUse(); w.done.Load() != w.begun.Load() || got.Longs > 0 || got.Tasks > 0 {
			t.Errorf("the requests have ended, and %+v is in use", got)
		}
		writer.session.Leave()
		h.idle()
	})
}
