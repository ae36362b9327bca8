package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"quire/server/events"
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
	h.feltAll(l)
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
	l.roleKnown()
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
		l.roleKnown()
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

// stuck is a store that does not answer the next question for a document's head until it is freed, or whoever asks gives up.
type stuck struct {
	storage.Store
	next     atomic.Bool
	asked    chan struct{}
	free     chan struct{}
	answered atomic.Bool
}

func (s *stuck) Head(ctx context.Context, doc storage.DocumentID) (storage.Head, error) {
	if s.next.CompareAndSwap(true, false) {
		close(s.asked)
		select {
		case <-s.free:
		case <-ctx.Done():
		}
		s.answered.Store(true)
	}
	return s.Store.Head(ctx, doc)
}

// A title that is changed here is told to open sockets at once, also while everything is looked at, as it is each minute.
func TestATitleThatIsChangedHereWaitsForNoLookAtEverything(t *testing.T) {
	store := &stuck{Store: memory.New(), asked: make(chan struct{}), free: make(chan struct{})}
	clock := newClockAt()
	h := openHouse(t, store, func(c *Config) { c.Now = clock.Now })
	ada := h.account("ada")
	doc := ada.document("text")
	l := ada.subscribed(t, doc)
	h.feltAll(l)
	store.next.Store(true)
	clock.move(2 * time.Minute)
	<-store.asked
	ada.do("PATCH", "/documents/"+doc, map[string]any{"title": "Another"}).want(200)
	l.until("the title", says("Another"))
	if store.answered.Load() {
		t.Error("the title waited for a look at everything")
	}
	close(store.free)
}

// limited is a store that answers only so many questions for a sign-in in one call of Check, and then none until the next.
type limited struct {
	mute
	left   atomic.Int64
	broken string // the sign-in about which no question is ever answered
}

func (s *limited) SignIn(ctx context.Context, id string, now time.Time) (storage.SignIn, error) {
	if id == s.broken {
		return storage.SignIn{}, storage.ErrDamaged
	}
	if s.left.Add(-1) < 0 {
		return storage.SignIn{}, storage.ErrUnavailable
	}
	return s.Store.SignIn(ctx, id, now)
}

// P10, W9: a look at everything that could not finish goes on where it stopped, and one that fails over one proof reaches the others.
func TestP10ALookAtEverythingThatStopsGoesOnThere(t *testing.T) {
	store := memory.New()
	h := openHouse(t, mute{store}, nil)
	var lines []*line
	var people []*caller
	for i := range 10 {
		people = append(people, h.account(fmt.Sprint("u", i)))
		lines = append(lines, people[i].hello(t))
	}
	id := func(i int) string { return people[i].do("GET", "/me", nil).want(200)["sign_in"].(string) }
	h.feltAll()
	slow := &limited{mute: mute{store}, broken: id(0)}
	h.store = slow
	w := events.New(events.Config{
		Store: slow, Hub: h.hub, Auth: h.beside(t), Settings: h.srv.settings.Refresh, Now: time.Now, Log: h.srv.log,
	})
	if err := store.DeleteSignIn(t.Context(), storage.UserID(people[9].id), id(9)); err != nil {
		t.Fatal(err)
	}
	if err := w.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		slow.left.Store(3)
		w.Check(t.Context())
	}
	if end := lines[9].closed(); end != 4500 {
		t.Errorf("closed with %d, want 4500", end)
	}
}

// without is a store that has no row of one person, as in a backup from before they came.
type without struct {
	storage.Store
	user storage.UserID
}

func (s without) Users(ctx context.Context, ids []storage.UserID) ([]storage.User, error) {
	users, err := s.Store.Users(ctx, ids)
	return slices.DeleteFunc(users, func(u storage.User) bool { return u.ID == s.user }), err
}

// P10: whoever an application's token let in has no sign-in to check. Where events were missed they are out all the same if they are
// deleted, or are not there.
func TestP10WhoIsDeletedIsOutWhereEventsWereMissed(t *testing.T) {
	store := memory.New()
	h := openHouse(t, mute{store}, withTokens)
	sockets := map[storage.UserID]*line{}
	for _, name := range []string{"deleted", "not there"} {
		c := h.holder(name, map[string]string{"plan": "owner"})
		h.store = store
		h.watch(time.Now).look()
		l := c.hello(t)
		if name == "deleted" {
			if err := store.DeleteUser(t.Context(), storage.UserID(c.id), time.Now()); err != nil {
				t.Fatal(err)
			}
		} else {
			h.store = without{store, storage.UserID(c.id)}
		}
		sockets[storage.UserID(c.id)] = l
	}
	h.watch(time.Now).look() // its first look is as after missed events
	for user, l := range sockets {
		if end := l.closed(); end != 4500 {
			t.Errorf("%s: closed with %d, want 4500", user, end)
		}
	}
}
