package server

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"quire/storage"
	"quire/storage/memory"
)

// faltering is a store whose changes are read from the table alone. The next question for events is answered by what a test sets.
type faltering struct {
	storage.Store
	next atomic.Pointer[func(context.Context) error]
}

func (*faltering) Hear(func([]storage.Event)) func() { return func() {} }

func (f *faltering) Events(ctx context.Context, after int64, limit int) ([]storage.Event, int64, error) {
	if answer := f.next.Swap(nil); answer != nil {
		return nil, 0, (*answer)(ctx)
	}
	return f.Store.Events(ctx, after, limit)
}

// revokedAround opens a socket of bob's, has the next question for events answered by answer, takes bob's role away once that has
// begun, and wants the socket closed.
func revokedAround(t *testing.T, answer func(context.Context) error) {
	t.Helper()
	store := &faltering{Store: memory.New()}
	h := openHouse(t, store, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	h.grant(doc, bob.id, "editor")
	l := bob.subscribed(t, doc)
	h.feltAll()
	asked := make(chan struct{})
	answered := func(ctx context.Context) error { close(asked); return answer(ctx) }
	store.next.Store(&answered)
	<-asked
	if err := store.RemoveGrant(t.Context(), storage.DocumentID(doc), storage.UserID(bob.id)); err != nil {
		t.Fatal(err)
	}
	if end := l.closed(); end != 4501 {
		t.Errorf("closed with %d, want 4501", end)
	}
}

// P10: a question for events that gets no answer, as over a connection that died, is given up and asked again in time.
func TestP10OneQuestionWithoutAnswerDelaysNoRevocation(t *testing.T) {
	revokedAround(t, func(ctx context.Context) error {
		if end, bounded := ctx.Deadline(); !bounded || time.Until(end) > 400*time.Millisecond {
			t.Errorf("it is waited for until %v from now", time.Until(end))
		}
		<-ctx.Done()
		return errors.Join(storage.ErrUnavailable, ctx.Err())
	})
}

// P10: a panic where events are read does not end that for a minute: open sockets depend on it.
func TestP10APanicWhileEventsAreReadDelaysNoRevocation(t *testing.T) {
	revokedAround(t, func(context.Context) error { panic("once") })
}

// P10: a panic over one event, or after it was read, loses no other: everything is looked at then.
func TestP10AnEventThatIsReadBeforeAPanicIsFelt(t *testing.T) {
	store := memory.New()
	h := openHouse(t, mute{store}, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	h.grant(doc, bob.id, "editor")
	l := bob.subscribed(t, doc)
	broken := &nameless{Store: store}
	h.store = broken
	w := h.watch(time.Now)
	w.look()
	time.Sleep(100 * time.Millisecond) // for roles that are being looked up
	broken.broken.Store(true)
	ctx := storage.As(t.Context(), storage.Actor{ID: storage.UserID(ada.id)})
	if err := store.RemoveGrant(ctx, storage.DocumentID(doc), storage.UserID(bob.id)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.srv.forever(ctx, "reading", w.KeepReading)
	}()
	if end := l.closed(); end != 4501 {
		t.Errorf("closed with %d, want 4501", end)
	}
	stop()
	<-done
}

// nameless is a store that panics whenever it is asked for people, once it is broken.
type nameless struct {
	storage.Store
	broken atomic.Bool
}

func (n *nameless) Users(ctx context.Context, ids []storage.UserID) ([]storage.User, error) {
	if n.broken.Load() {
		panic("broken")
	}
	return n.Store.Users(ctx, ids)
}

// P10: an event of a kind that this build does not know, from a newer one beside it, says that something changed.
func TestP10AnUnknownKindOfEventIsFeltAsEverything(t *testing.T) {
	for _, kind := range []storage.EventKind{"grant-until", ""} {
		store := memory.New()
		h := openHouse(t, mute{store}, nil)
		ada, bob := h.account("ada"), h.account("bob")
		doc := ada.document("text")
		h.grant(doc, bob.id, "editor")
		l := bob.subscribed(t, doc)
		written := &table{mute: mute{store}, newest: 50}
		h.store = written
		w := h.watch(time.Now)
		w.look()
		time.Sleep(100 * time.Millisecond) // for roles that are being looked up
		if err := store.RemoveGrant(t.Context(), storage.DocumentID(doc), storage.UserID(bob.id)); err != nil {
			t.Fatal(err)
		}
		written.newest, written.list = 51, []storage.Event{{N: 51, Kind: kind, Document: storage.DocumentID(doc)}}
		w.look()
		if end := l.closed(); end != 4501 {
			t.Errorf("%q: closed with %d, want 4501", kind, end)
		}
	}
}

// paged is a store whose events are written by a test, and read as many at once as is asked for.
type paged struct {
	mute
	list []storage.Event
}

func (p *paged) Events(_ context.Context, after int64, limit int) ([]storage.Event, int64, error) {
	newest := int64(len(p.list))
	return p.list[after:min(after+int64(limit), newest)], newest, nil
}

// N7: many events at once, as of a group that many documents are shared with, are all read at once, and none is missed.
func TestN7ManyEventsAreReadPageByPage(t *testing.T) {
	store := memory.New()
	h := openHouse(t, mute{store}, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	l := ada.subscribed(t, doc)
	written := &paged{mute: mute{store}}
	h.store = written
	w := h.watch(time.Now)
	w.look()
	for n := range int64(2500) {
		written.list = append(written.list, storage.Event{N: n + 1, Kind: storage.EventSetting})
	}
	written.list = append(written.list, storage.Event{N: 2501, Kind: storage.EventMembers, Document: storage.DocumentID(doc)})
	w.look()
	l.until("that members changed", func(f map[string]any) bool { return f["a"] == "members" })
}
