package server

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"quire/storage"
	"quire/storage/memory"
)

// P10, N7: where events are missing, roles, the trash and titles are looked at anew, of everybody and everything.
func TestP10WhereEventsAreMissingEverythingIsLookedAt(t *testing.T) {
	ctx, store := context.Background(), memory.New()
	h := openHouse(t, mute{store}, withTokens)
	ada, bob := h.account("ada"), h.account("bob")
	cat := h.holder("cat", map[string]string{"plan": "owner"}) // who has no sign-in that is checked each minute
	cat.do("POST", "/documents", map[string]any{"id": "plan", "text": "text"}).want(201)
	removed, trashed, titled := ada.document("1"), ada.document("2"), ada.document("3")
	for _, doc := range []string{removed, trashed, titled} {
		h.grant(doc, bob.id, "viewer")
	}
	h.store = store
	w := h.watch(time.Now)
	w.look()
	one, two, three := bob.subscribed(t, removed), bob.subscribed(t, trashed), bob.subscribed(t, titled)
	cats, now := cat.subscribed(t, "plan"), time.Now()
	if _, err := store.ChangeUser(ctx, storage.UserID(cat.id), storage.UserChange{SuspendedAt: &now}); err != nil {
		t.Fatal(err)
	}
	ada.do("DELETE", "/documents/"+removed+"/members/"+bob.id, nil).want(204)
	ada.do("DELETE", "/documents/"+trashed, nil).want(204)
	ada.do("PATCH", "/documents/"+titled, map[string]any{"title": "Another"}).want(200)
	_, newest, err := store.Events(ctx, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.DeleteEvents(ctx, time.Now().Add(time.Hour), 0, int(newest)-1); err != nil { // all but the title's
		t.Fatal(err)
	}
	w.look()
	if end := one.closed(); end != 4501 {
		t.Errorf("removed: closed with %d, want 4501", end)
	}
	if end := two.closed(); end != 4502 {
		t.Errorf("in the trash: closed with %d, want 4502", end)
	}
	three.until("the title", says("Another"))
	if end := cats.closed(); end != 4500 {
		t.Errorf("suspended: closed with %d, want 4500", end)
	}
}

// unreadable is a store in which an event is damaged.
type unreadable struct{ storage.Store }

func (u unreadable) Events(ctx context.Context, after int64, limit int) ([]storage.Event, int64, error) {
	list, newest, err := u.Store.Events(ctx, after, limit)
	if len(list) > 0 {
		return nil, 0, fmt.Errorf("event 1: %w", storage.ErrDamaged)
	}
	return list, newest, err
}

// P10: an event that cannot be read stops nothing: that something changed is known.
func TestP10ADamagedEventIsFeltAsEverything(t *testing.T) {
	store := memory.New()
	h := openHouse(t, mute{store}, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("1")
	h.grant(doc, bob.id, "viewer")
	h.store = unreadable{store}
	w := h.watch(time.Now)
	w.look()
	line := bob.subscribed(t, doc)
	ada.do("DELETE", "/documents/"+doc+"/members/"+bob.id, nil).want(204)
	w.look()
	if end := line.closed(); end != 4501 {
		t.Errorf("closed with %d, want 4501", end)
	}
}

// shut is a store whose changes are read from the table alone, and which tells nobody's name while it is shut.
type shut struct {
	storage.Store
	shut atomic.Bool
}

func (*shut) Hear(func([]storage.Event)) func() { return func() {} }

func (s *shut) Users(ctx context.Context, ids []storage.UserID) ([]storage.User, error) {
	if s.shut.Load() {
		<-ctx.Done()
		return nil, errors.Join(storage.ErrUnavailable, ctx.Err())
	}
	return s.Store.Users(ctx, ids)
}

// P10: a role that was taken away elsewhere is gone within a second, also where nobody can say who took it.
func TestP10ARevocationWaitsForNoName(t *testing.T) {
	store := &shut{Store: memory.New()}
	h := openHouse(t, store, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	h.grant(doc, bob.id, "editor")
	line := bob.subscribed(t, doc)
	h.feltAll(line)
	store.shut.Store(true)
	ctx := storage.As(t.Context(), storage.Actor{ID: storage.UserID(ada.id)})
	if err := store.RemoveGrant(ctx, storage.DocumentID(doc), storage.UserID(bob.id)); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if end := line.closed(); end != 4501 {
		t.Errorf("closed with %d, want 4501", end)
	}
	if took := time.Since(begun); took > 3*time.Second { // a look for events takes at most five
		t.Errorf("it took %v", took)
	}
}

// table is a store whose events are written by a test.
type table struct {
	mute
	list   []storage.Event
	newest int64
}

func (t *table) Events(context.Context, int64, int) ([]storage.Event, int64, error) {
	return t.list, t.newest, nil
}

// N7: in a database that was put back the numbers come again, and are others' then. Where too many came everything is looked at.
func TestN7ADatabaseThatWasPutBackIsReadAnew(t *testing.T) {
	store := memory.New()
	h := openHouse(t, mute{store}, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	h.grant(doc, bob.id, "editor")
	line := bob.subscribed(t, doc)
	written := &table{mute: mute{store}, newest: 50}
	h.store = written
	w := h.watch(time.Now)
	w.look()
	change := storage.Event{N: 52, Kind: storage.EventMembers, Document: storage.DocumentID(doc)}
	w.Heard(change)
	w.Heard(change)
	if n := line.members(); n != 1 {
		t.Errorf("what a bus brought was told %d times", n)
	}
	written.newest = 49
	w.look()
	written.newest, written.list = 52, []storage.Event{{N: 50, Kind: storage.EventSetting}, {N: 51, Kind: storage.EventSetting}, change}
	w.look()
	if n := line.members(); n != 1 {
		t.Errorf("what has the number of another was told %d times", n)
	}
	if err := store.RemoveGrant(t.Context(), storage.DocumentID(doc), storage.UserID(bob.id)); err != nil {
		t.Fatal(err)
	}
	written.newest, written.list = 5000, written.list[:1]
	w.look()
	if end := line.closed(); end != 4501 {
		t.Errorf("after too many events closed with %d, want 4501", end)
	}
}

// W9: of a suspension that was made elsewhere, whoever came by an application's token feels the end, who has no sign-in that
// could be told of; and felt late it spares who has been let in again since.
func TestW9ASuspensionElsewhereEndsWhatItMay(t *testing.T) {
	store := &shut{Store: memory.New()}
	h := openHouse(t, store, withTokens)
	h.account("admin")
	bob := h.account("bob")
	cat := h.holder("cat", map[string]string{"plan": "owner"})
	cat.do("POST", "/documents", map[string]any{"id": "plan", "text": "text"}).want(201)
	doc := bob.document("text")
	suspend := func(user string, at time.Time) {
		if _, err := store.ChangeUser(t.Context(), storage.UserID(user), storage.UserChange{SuspendedAt: &at}); err != nil {
			t.Fatal(err)
		}
	}
	cats := cat.subscribed(t, "plan")
	h.feltAll(cats)
	suspend(cat.id, time.Now())
	if end := cats.closed(); end != 4500 {
		t.Errorf("closed with %d, want 4500", end)
	}
	suspend(bob.id, time.Now())
	suspend(bob.id, time.Time{})
	bobs := bob.subscribed(t, doc)
	h.feltAll(bobs)
}
