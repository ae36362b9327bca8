package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"quire/collab"
	"quire/migrations"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/sealed"
	"quire/storage/sqlite"
)

// sqliteStore opens the database in a file, which others may have open too.
func sqliteStore(t *testing.T, path string) storage.Store {
	t.Helper()
	db, err := sqlite.OpenDB(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrations.Up(t.Context(), migrations.SQLite, db); err != nil {
		t.Fatal(err)
	}
	db.Close()
	store, err := sqlite.Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// at is the same person with the same cookie at another server.
func (c *caller) at(h *house) *caller {
	other := *c
	other.h, other.header = h, maps.Clone(c.header)
	other.header["Origin"] = h.base
	return &other
}

// feltAll has the server feel all that was told so far: what is felt later is of what is changed later.
func (h *house) feltAll() {
	h.t.Helper()
	(&watch{h.t, h.srv.watch}).look()
	time.Sleep(100 * time.Millisecond) // for roles that are being looked up
}

// says is a frame in which a text stands, wherever.
func says(text string) func(map[string]any) bool {
	return func(f map[string]any) bool { return strings.Contains(fmt.Sprint(f), text) }
}

// P10, N7: what is changed over one server, open sockets of another over the same database feel.
func TestP10ChangesAreFeltOnAnotherServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "quire.db")
	storeA, storeB := sqliteStore(t, path), sqliteStore(t, path)
	a, b := openHouse(t, storeA, nil), openHouse(t, storeB, nil)
	ada, bob := a.account("ada"), a.account("bob")
	group := ada.do("POST", "/groups", map[string]any{"name": "G"}).want(201)["id"].(string)
	put := func(g string) {
		ada.do("PUT", "/groups/"+g+"/members/"+bob.id, map[string]any{"manager": false}).want(200)
	}
	shared := func(role string) (doc string, line *line) {
		doc = ada.document("text")
		a.grant(doc, bob.id, role)
		line = bob.at(b).subscribed(t, doc)
		b.feltAll()
		return doc, line
	}
	ends := func(name string, change func(doc string), code int) {
		t.Run(name, func(t *testing.T) {
			doc, line := shared("editor")
			change(doc)
			told := time.Now()
			if end := line.closed(); end != code {
				t.Errorf("closed with %d, want %d", end, code)
			}
			t.Logf("felt after %v", time.Since(told))
		})
	}
	shows := func(name string, change func(doc string, l *line), text string) {
		t.Run(name, func(t *testing.T) {
			doc, line := shared("viewer")
			line.send(fmt.Sprintf(`{"a":"ps","ch":"documents.%s","seq":1}`, doc))
			change(doc, line)
			told := time.Now()
			line.until(name, says(text))
			t.Logf("felt after %v", time.Since(told))
		})
	}
	ends("revocation", func(doc string) { ada.do("DELETE", "/documents/"+doc+"/members/"+bob.id, nil).want(204) }, 4501)
	ends("trash", func(doc string) { ada.do("DELETE", "/documents/"+doc, nil).want(204) }, 4502)
	ends("deletion", func(doc string) { ada.do("DELETE", "/documents/"+doc+"?permanently=true", nil).want(204) }, 4502)
	put(group)
	ends("group", func(doc string) {
		ada.do("PUT", "/documents/"+doc+"/groups/"+group, map[string]any{"role": "editor"}).want(200)
		if err := storeA.RemoveGrant(t.Context(), storage.DocumentID(doc), storage.UserID(bob.id)); err != nil {
			t.Fatal(err)
		}
		ada.do("DELETE", "/groups/"+group+"/members/"+bob.id, nil).want(204)
	}, 4501)
	shows("title", func(doc string, _ *line) {
		ada.do("PATCH", "/documents/"+doc, map[string]any{"title": "Another"}).want(200)
	}, "Another")
	shows("by whom", func(doc string, _ *line) {
		ada.do("PATCH", "/documents/"+doc+"/members/"+bob.id, map[string]any{"role": "editor"}).want(200)
	}, "name:ada")
	shows("members", func(doc string, _ *line) {
		ada.do("POST", "/documents/"+doc+"/links", map[string]any{"role": "viewer"}).want(201)
	}, "a:members")
	shows("name", func(doc string, l *line) {
		ada.at(b).subscribed(t, doc).send(fmt.Sprintf(`{"a":"p","ch":"documents.%s","id":"p1","p":{"index":0,"length":0},"pv":1,`+
			`"c":"documents","d":%q,"v":1,"t":"rich-text"}`, doc, doc))
		l.until("where ada is", says("name:ada"))
		ada.do("PATCH", "/me", map[string]any{"name": "Countess"}).want(200)
	}, "Countess")
	ends("sign-out", func(string) { bob.do("POST", "/auth/signout", nil).want(204) }, 4500)
}

// P10, N7: whoever made a change and died before they told anybody told all the same, with the change itself.
func TestP10WhoDiesAfterAChangeHasToldOfIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "quire.db")
	b := openHouse(t, sqliteStore(t, path), nil)
	ada, bob := b.account("ada"), b.account("bob")
	doc := ada.document("text")
	b.grant(doc, bob.id, "editor")
	line := bob.subscribed(t, doc)
	b.feltAll()
	a := sqliteStore(t, path) // a process whose hub, sockets and timers are gone when the commit is there
	ctx, kill := context.WithCancel(t.Context())
	a.Hear(func([]storage.Event) { kill() })
	err := a.RemoveGrant(ctx, storage.DocumentID(doc), storage.UserID(bob.id))
	if err != nil || ctx.Err() == nil {
		t.Fatal(err, ctx.Err())
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if end := line.closed(); end != 4501 {
		t.Errorf("closed with %d, want 4501", end)
	}
}

// P10, N7: where events are missing, roles, the trash and titles are looked at anew, of everybody and everything.
func TestP10WhereEventsAreMissingEverythingIsLookedAt(t *testing.T) {
	ctx, store := context.Background(), memory.New()
	h := openHouse(t, mute{store}, nil)
	ada, bob := h.account("ada"), h.account("bob")
	removed, trashed, titled := ada.document("1"), ada.document("2"), ada.document("3")
	for _, doc := range []string{removed, trashed, titled} {
		h.grant(doc, bob.id, "viewer")
	}
	h.store = store
	w := h.watch(time.Now)
	w.look()
	one, two, three := bob.subscribed(t, removed), bob.subscribed(t, trashed), bob.subscribed(t, titled)
	ada.do("DELETE", "/documents/"+removed+"/members/"+bob.id, nil).want(204)
	ada.do("DELETE", "/documents/"+trashed, nil).want(204)
	ada.do("PATCH", "/documents/"+titled, map[string]any{"title": "Another"}).want(200)
	if _, err := store.DeleteEvents(ctx, time.Now().Add(time.Hour), 2); err != nil {
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

// members counts frames that say to read members anew, until half a second after a look for events is over.
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
	for name, line := range map[string]*line{"trashed": one, "deleted": two} {
		if end := line.closed(); end != 4502 {
			t.Errorf("%s: closed with %d, want 4502", name, end)
		}
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
