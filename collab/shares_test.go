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
