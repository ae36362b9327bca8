package collab_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/session"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/sealed"
	"quire/storage/storagetest"
)

// writer is a client with a writer goroutine of its own, as a socket has: it types one character after another, each at the
// version it has seen, and comes back when it is cut.
type writer struct {
	hub    *collab.Hub
	user   string
	doc    string
	woken  chan struct{}
	closed atomic.Int32
	acked  chan int // versions
	seen   atomic.Int64
	id     string
	mu     sync.Mutex
	greets chan struct{} // one for each answered hs: id does not change until the next
	typed  chan<- struct{}
}

func (w *writer) Wake() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

func (w *writer) Flush() { w.Wake() }

func (w *writer) Close(code wire.CloseCode, _ string) {
	w.closed.Store(int32(code))
	w.Wake()
}

// read takes frames until done, and passes acknowledgements on.
func (w *writer) read(s *session.Session, done <-chan struct{}) {
	for {
		for {
			frames, more := s.PullNow(nil, 512)
			if len(frames) == 0 && more {
				frames = s.Pull(nil, 512)
			}
			if len(frames) == 0 {
				break
			}
			for _, f := range frames {
				w.frame(f.JSON())
			}
		}
		select {
		case <-w.woken:
		case <-done:
			return
		}
	}
}

func (w *writer) frame(text []byte) {
	var m struct {
		A, ID, Src string
		V          int
		Op         json.RawMessage
		Error      json.RawMessage
	}
	if err := json.Unmarshal(text, &m); err != nil {
		panic(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case m.Error != nil:
		panic(string(text))
	case m.A == "hs":
		w.id = m.ID
		w.greets <- struct{}{}
	case m.A == "op":
		if int64(m.V) >= w.seen.Load() {
			w.seen.Store(int64(m.V) + 1)
		}
		if m.Src == w.id {
			w.acked <- m.V
		}
	}
}

// line opens a session that reads, and returns what ends it.
func (w *writer) line(ctx context.Context) (*session.Session, func()) {
	s := session.Join(w.hub, w, identity(w.user))
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { w.read(s, done) })
	w.mu.Lock()
	id := "null"
	if w.id != "" {
		id = `"` + w.id + `"`
	}
	w.mu.Unlock()
	s.Receive(ctx, []byte(`{"a":"hs","protocol":1,"id":`+id+`}`))
	<-w.greets
	s.Receive(ctx, fmt.Appendf(nil, `{"a":"s","c":"documents","d":%q,"v":%d}`, w.doc, w.seen.Load()))
	s.Receive(ctx, fmt.Appendf(nil, `{"a":"ps","ch":"documents.%s","seq":1}`, w.doc))
	return s, func() {
		s.Leave()
		close(done)
		wg.Wait()
	}
}

// typeOn types n characters and returns where each was acknowledged.
func (w *writer) typeOn(ctx context.Context, r *rand.Rand, n int) []int {
	var at []int
	s, hangUp := w.line(ctx)
	for seq := 1; seq <= n; seq++ {
		send := func() {
			s.Receive(ctx, fmt.Appendf(nil, `{"a":"op","c":"documents","d":%q,"v":%d,"src":%q,"seq":%d,"op":[{"insert":"x"}]}`,
				w.doc, w.seen.Load(), w.id, seq))
			w.typed <- struct{}{}
			s.Receive(ctx, fmt.Appendf(nil, `{"a":"p","ch":"documents.%s","id":%q,"p":{"index":0,"length":0},"pv":%d}`, w.doc, w.id, seq))
		}
		send()
		for {
			select {
			case v := <-w.acked:
				at = append(at, v)
			case <-time.After(10 * time.Second):
				panic("no acknowledgement")
			}
			if len(at) < 2 || at[len(at)-1] > at[len(at)-2] {
				break
			}
			at = at[:len(at)-1] // a second one, of the op before
		}
		if r.IntN(20) == 0 {
			hangUp()
			s, hangUp = w.line(ctx)
		}
	}
	hangUp()
	return at
}

// Real goroutines, for the race detector: writers on shared documents that come and go, a store that fails now and then,
// roles that change, titles, and a drain in the end.
func TestP2ManyWritersAtOnce(t *testing.T) {
	const documents, writers, ops = 3, 12, 60
	ctx := t.Context()
	store := memory.New()
	faulty := storagetest.NewFaulty(store, nil)
	hub, err := collab.NewHub(collab.Config{
		Store: faulty, Secret: sealed.Of(secret), Log: slog.New(slog.DiscardHandler),
		Limits: collab.Limits{RecentOps: 8, FeedBytes: 2000, PageBytes: 500, SnapshotOps: 20},
	})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, hub: hub, store: faulty, memory: store}
	for i := range documents {
		id := storage.DocumentID(fmt.Sprintf("d%d", i))
		h.create(id, "\n")
		for j := range writers {
			h.grant(id, fmt.Sprintf("w%d", j), access.Editor)
		}
	}
	faulty.SetPlan(storagetest.Seeded(1, 0.02))
	var wg sync.WaitGroup
	typed := make(chan struct{})
	for j := range writers {
		w := &writer{
			hub: hub, user: fmt.Sprintf("w%d", j), doc: fmt.Sprintf("d%d", j%documents), woken: make(chan struct{}, 1),
			acked: make(chan int, 10*ops), greets: make(chan struct{}, 1), typed: typed, id: wire.NewClientID([]byte(secret), fmt.Sprintf("w%d", j)),
		}
		w.seen.Store(1)
		wg.Go(func() {
			if at := w.typeOn(ctx, rand.New(rand.NewPCG(uint64(j), 1)), ops); len(at) != ops {
				t.Errorf("%s: %d acknowledged, want %d", w.user, len(at), ops)
			}
		})
	}
	var others sync.WaitGroup
	others.Go(func() {
		i := 0
		for range typed { // a role that changes faster than it can be looked up is never known
			i++
			grantChanged(hub, storage.DocumentID(fmt.Sprintf("d%d", i%documents)), "w1", identity("ann"))
			titleChanged(hub, "d0", "t", identity("ann"))
			hub.UserChanged(collab.Person{ID: "w2", Name: "N"})
			hub.Present([]storage.DocumentID{"d0", "d1"})
		}
	})
	wg.Wait()
	close(typed)
	others.Wait()
	faulty.SetPlan(nil)
	for i := range documents {
		id := storage.DocumentID(fmt.Sprintf("d%d", i))
		if got, want := strings.Count(h.text(id), "x"), writers/documents*ops; got != want {
			t.Errorf("%s has %d characters, want %d", id, got, want)
		}
	}
	if err := hub.Drain(ctx); err != nil {
		t.Errorf("Drain = %v", err)
	}
	hub.Close()
}
