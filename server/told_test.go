package server

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"quire/collab"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/sealed"
)

// recorder is a bus that keeps what it is given.
type recorder struct {
	collab.Alone
	mu     sync.Mutex
	events []storage.Event
}

func (r *recorder) Event(e storage.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// members counts frames that say to read members anew. A second one would come with the next look for events, half a second later, or
// after the pause between two such frames; that none comes can only be waited out.
func (l *line) members() (n int) {
	l.t.Helper()
	time.Sleep(3 * time.Second / 2)
	l.send(`{"a":"pp"}`)
	l.until("an answer", func(f map[string]any) bool {
		if f["a"] == "members" {
			n++
		}
		return f["a"] == "pp"
	})
	return n
}

// N7: a change is felt once, though it is heard, stands in the table, and comes over the bus; and a bus is told of what was
// changed here, with its number.
func TestN7AChangeIsFeltOnce(t *testing.T) {
	bus := &recorder{}
	store := memory.New()
	hub, err := collab.NewHub(collab.Config{Store: store, Secret: sealed.Of(testSecret), Bus: bus})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hub.Close)
	h := openHouse(t, store, func(c *Config) { c.Hub = hub })
	ada, bob, cem := h.account("ada"), h.account("bob"), h.account("cem")
	doc := ada.document("text")
	h.grant(doc, bob.id, "viewer")
	h.grant(doc, cem.id, "viewer")
	line := bob.subscribed(t, doc)
	line.members()
	ada.do("PATCH", "/documents/"+doc+"/members/"+cem.id, map[string]any{"role": "editor"}).want(200)
	bus.mu.Lock()
	last := bus.events[len(bus.events)-1]
	bus.mu.Unlock()
	if last.N == 0 || last.Kind != storage.EventGrant || last.By != storage.UserID(ada.id) {
		t.Errorf("the bus was told %+v", last)
	}
	h.srv.watch.Heard(last)
	if n := line.members(); n != 1 {
		t.Errorf("one change is told %d times", n)
	}
	h.srv.watch.Heard(last)
	last.N++ // of another node, and ahead of the table
	h.srv.watch.Heard(last)
	h.srv.watch.Heard(last)
	if n := line.members(); n != 1 {
		t.Errorf("a change that the bus brought twice is told %d times", n)
	}
}

// unknowing is a store that knows of no change whether it was made.
type unknowing struct {
	storage.Store
	hear func([]storage.Event)
}

func (u *unknowing) Hear(f func([]storage.Event)) (stop func()) {
	u.hear = f
	return u.Store.Hear(func(list []storage.Event) {
		for i := range list {
			list[i].N = 0
		}
		f(list)
	})
}

func (u *unknowing) Events(context.Context, int64, int) ([]storage.Event, int64, error) {
	return nil, 0, nil
}

// P10: what may have gone into the trash, may be deleted, or may be signed out is looked at, and feels what it is.
func TestP10WhatMayBeGoneIsLookedAt(t *testing.T) {
	store := &unknowing{Store: memory.New()}
	h := openHouse(t, store, nil)
	ada, bob, cem := h.account("ada"), h.account("bob"), h.account("cem")
	trashed, deleted, stays := ada.document("1"), ada.document("2"), ada.document("3")
	for _, doc := range []string{trashed, deleted, stays} {
		h.grant(doc, bob.id, "editor")
	}
	h.grant(stays, cem.id, "editor")
	one, two, three, out := bob.subscribed(t, trashed), bob.subscribed(t, deleted), bob.subscribed(t, stays), cem.subscribed(t, stays)
	ada.do("DELETE", "/documents/"+trashed, nil).want(204)
	ada.do("DELETE", "/documents/"+deleted+"?permanently=true", nil).want(204)
	if end := one.closed(); end != 4502 {
		t.Errorf("trashed: closed with %d, want 4502", end)
	}
	if end := two.closed(); end != 4502 && end != 4501 { // whichever is looked up first: the row, or the role, which is gone with it
		t.Errorf("deleted: closed with %d, want 4502 or 4501", end)
	}
	cem.do("POST", "/auth/signout", nil).want(204)
	if end := out.closed(); end != 4500 {
		t.Errorf("signed out: closed with %d, want 4500", end)
	}
	store.hear([]storage.Event{ // none of it happened
		{Kind: storage.EventTrashed, Document: storage.DocumentID(stays)}, {Kind: storage.EventDeleted, Document: storage.DocumentID(stays)},
		{Kind: storage.EventEnded, Users: []storage.UserID{storage.UserID(bob.id)}},
		{Kind: storage.EventSignIn, ID: bob.do("GET", "/me", nil).want(200)["sign_in"].(string)},
	})
	ada.do("POST", "/documents/"+stays+"/ops", `{"base_revision":1,"op":[{"insert":"more "}]}`).want(200)
	three.until("what is written on", says("more "))
}

// lying makes a change, and then says that nobody knows.
type lying struct{ storage.Store }

var errLost = errors.New("the connection was lost")

func (l lying) TrashDocument(ctx context.Context, doc storage.DocumentID, by storage.UserID, at time.Time) error {
	return errors.Join(l.Store.TrashDocument(ctx, doc, by, at), errLost)
}

func (l lying) DeleteDocument(ctx context.Context, doc storage.DocumentID, at time.Time) error {
	return errors.Join(l.Store.DeleteDocument(ctx, doc, at), errLost)
}

// P10: who asked to put a document into the trash, or to delete it, and was told that nobody knows, is taken at their word.
func TestP10ATrashOfUnknownOutcomeIsTold(t *testing.T) {
	h := openHouse(t, lying{memory.New()}, nil)
	ada, bob := h.account("ada"), h.account("bob")
	for method, query := range map[string]string{"TrashDocument": "", "DeleteDocument": "?permanently=true"} {
		doc := ada.document("text")
		h.grant(doc, bob.id, "editor")
		line := bob.subscribed(t, doc)
		if got := ada.do("DELETE", "/documents/"+doc+query, nil); got.status < 500 {
			t.Errorf("%s: an unknown outcome is answered by %d", method, got.status)
		}
		if end := line.closed(); end != 4502 {
			t.Errorf("%s: closed with %d, want 4502", method, end)
		}
	}
}
