package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"quire/collab"
	"quire/collab/delta"
	"quire/collab/session"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/sealed"
)

// page is an open editor: it takes what its session sends, and knows how it was closed.
type page struct {
	session *session.Session
	code    atomic.Int64
	closed  chan struct{}
}

func (p *page) Wake()  {}
func (p *page) Flush() {}

func (p *page) Close(code wire.CloseCode, _ string) {
	if p.code.CompareAndSwap(0, int64(code)) {
		close(p.closed)
	}
}

// opened returns a page that has a document open, at its head.
func opened(t *testing.T, hub *collab.Hub, doc string) *page {
	t.Helper()
	p := &page{closed: make(chan struct{})}
	p.session = session.Join(hub, p, ann)
	t.Cleanup(p.session.Leave)
	p.session.Receive(t.Context(), []byte(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2}`))
	p.session.Receive(t.Context(), fmt.Appendf(nil, `{"a":"s","c":"documents","d":%q}`, doc))
	return p
}

// resynced waits until a page is closed, which has to be for what was lost.
func (p *page) resynced(t *testing.T) {
	t.Helper()
	<-p.closed
	if got := wire.CloseCode(p.code.Load()); got != wire.CloseResync {
		t.Errorf("closed with %d, want %d", got, wire.CloseResync)
	}
}

// house is a hub over one address.
type house struct {
	*testing.T
	store *postgres.Store
	hub   *collab.Hub
	seq   int64
	until context.Context // what write and follow wait for has to come by then
}

func housed(t *testing.T, address string) *house {
	t.Helper()
	h := &house{T: t, store: openURL(t, address), until: t.Context()}
	hub, err := collab.NewHub(collab.Config{Store: h.store, Secret: sealed.Of("a secret of tests"), Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hub.Close)
	h.hub = hub
	return h
}

func (h *house) create(docs ...storage.DocumentID) {
	h.Helper()
	for _, doc := range docs {
		if _, err := h.hub.Create(h.Context(), ann, storage.Document{ID: doc}, delta.FromText("text\n")); err != nil {
			h.Fatal(err)
		}
	}
}

// write has an op acknowledged, however often it has to be sent, and gives the document's revision.
func (h *house) write(doc storage.DocumentID) storage.Revision {
	h.Helper()
	h.seq++
	for {
		_, base, err := h.hub.Content(h.until, "", doc, storage.Newest)
		if err == nil {
			var got collab.Submitted
			got, err = h.hub.Submit(h.until, doc, collab.Submission{
				Who: ann, Client: "c", Seq: h.seq, Base: base, Op: delta.Delta{delta.Insert(fmt.Sprint(h.seq, " "))},
			})
			if err == nil {
				return got.Revision
			}
		}
		if h.until.Err() != nil {
			h.Fatalf("nothing could be written in time: %v", err)
		}
		if !errors.Is(err, collab.ErrUnavailable) && !errors.Is(err, storage.ErrUnavailable) {
			h.Fatal(err)
		}
		h.follow() // as the server does all the time
	}
}

// follow is what the server does twice a second, until it succeeds.
func (h *house) follow() {
	h.Helper()
	for err := h.hub.Follow(h.until); err != nil; err = h.hub.Follow(h.until) {
		if h.until.Err() != nil {
			h.Fatalf("the history could not be followed in time: %v", err)
		}
		if !errors.Is(err, storage.ErrUnavailable) && !errors.Is(err, storage.ErrNotFound) {
			h.Fatal(err)
		}
	}
}

// sound checks that the log read anew is what the hub shows, and ends at head.
func (h *house) sound(address string, doc storage.DocumentID, head storage.Revision) {
	h.Helper()
	want, at, err := housed(h.T, address).hub.Content(h.Context(), "", doc, storage.Newest)
	if err != nil || at != head {
		h.Errorf("the log of %s ends at %d, %v, want %d", doc, at, err, head)
	}
	if got, at, err := h.hub.Content(h.Context(), "", doc, storage.Newest); err != nil || at != head || got.PlainText() != want.PlainText() {
		h.Errorf("the hub shows %q of %s at %d, %v; the log holds %q at %d", got.PlainText(), doc, at, err, want.PlainText(), head)
	}
}

// encrypted checks whether the store's connections use TLS.
func encrypted(t *testing.T, s *postgres.Store, want bool) {
	t.Helper()
	const query = `SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`
	var reads, commits bool
	err := errors.Join(s.QueryForTest([]any{&reads}, query), s.AskCommitterForTest(t.Context(), &commits, query))
	if err != nil || reads != want || commits != want {
		t.Errorf("TLS for reads: %v, for commits: %v, %v; want %v", reads, commits, err, want)
	}
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, stop := context.WithTimeout(t.Context(), d)
	t.Cleanup(stop)
	return ctx
}
