package server

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quire/migrations"
	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/sealed"
	"quire/storage/sqlite"
	"quire/storage/storagetest/pgtest"
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

// feltAll has the server feel all that was told so far: what these lines feel later is of what is changed later.
func (h *house) feltAll(lines ...*line) {
	h.t.Helper()
	(&watch{h.t, h.srv.watch}).look()
	for _, l := range lines {
		l.roleKnown()
	}
}

// says is a frame in which a text stands, wherever.
func says(text string) func(map[string]any) bool {
	return func(f map[string]any) bool { return strings.Contains(fmt.Sprint(f), text) }
}

// P10, N7: what is changed over one server, open sockets of another over the same database feel.
func TestP10ChangesAreFeltOnAnotherServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "quire.db")
	changesAreFelt(t, sqliteStore(t, path), sqliteStore(t, path))
}

func TestP10ChangesAreFeltOnAnotherServerPostgres(t *testing.T) {
	url := pgtest.Start(t).Database(t)
	open := func() storage.Store {
		store, err := postgres.Open(t.Context(), postgres.Config{URL: sealed.Of(url), Log: quiet(), AllowUnsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		return store
	}
	changesAreFelt(t, open(), open())
}

// pair is two servers over one database: ada changes things over a, and bob has them open over b.
type pair struct {
	t        *testing.T
	a, b     *house
	ada, bob *caller
}

func changesAreFelt(t *testing.T, storeA, storeB storage.Store) {
	p := &pair{t: t, a: openHouse(t, storeA, nil), b: openHouse(t, storeB, nil)}
	p.ada, p.bob = p.a.account("ada"), p.a.account("bob")
	group := p.ada.do("POST", "/groups", map[string]any{"name": "G"}).want(201)["id"].(string)
	p.ada.do("PUT", "/groups/"+group+"/members/"+p.bob.id, map[string]any{"manager": false}).want(200)
	p.endsAreFelt(group)
	p.namesAreFelt(group)
	p.ends("sign-out", func(string) { p.bob.do("POST", "/auth/signout", nil).want(204) }, 4500)
}

// shared makes a document that bob has open.
func (p *pair) shared(t *testing.T, role string) (doc string, line *line) {
	doc = p.ada.document("text")
	p.a.grant(doc, p.bob.id, role)
	line = p.bob.at(p.b).subscribed(t, doc)
	p.b.feltAll(line)
	return doc, line
}

// ends wants bob's socket closed by a change.
func (p *pair) ends(name string, change func(doc string), code int) {
	p.t.Run(name, func(t *testing.T) {
		doc, line := p.shared(t, "editor")
		change(doc)
		told := time.Now()
		if end := line.closed(); end != code {
			t.Errorf("closed with %d, want %d", end, code)
		}
		t.Logf("felt after %v", time.Since(told))
	})
}

// shows wants a frame with that text after a change.
func (p *pair) shows(name string, change func(doc string, l *line), text string) {
	p.t.Run(name, func(t *testing.T) {
		doc, line := p.shared(t, "viewer")
		line.send(fmt.Sprintf(`{"a":"ps","ch":"documents.%s","seq":1}`, doc))
		change(doc, line)
		told := time.Now()
		line.until(name, says(text))
		t.Logf("felt after %v", time.Since(told))
	})
}

func (p *pair) endsAreFelt(group string) {
	p.ends("revocation", func(doc string) { p.ada.do("DELETE", "/documents/"+doc+"/members/"+p.bob.id, nil).want(204) }, 4501)
	p.ends("trash", func(doc string) { p.ada.do("DELETE", "/documents/"+doc, nil).want(204) }, 4502)
	p.ends("deletion", func(doc string) { p.ada.do("DELETE", "/documents/"+doc+"?permanently=true", nil).want(204) }, 4502)
	p.ends("group", func(doc string) {
		p.ada.do("PUT", "/documents/"+doc+"/groups/"+group, map[string]any{"role": "editor"}).want(200)
		if err := p.a.store.RemoveGrant(p.t.Context(), storage.DocumentID(doc), storage.UserID(p.bob.id)); err != nil {
			p.t.Fatal(err)
		}
		p.b.feltAll()
		p.ada.do("DELETE", "/groups/"+group+"/members/"+p.bob.id, nil).want(204)
	}, 4501)
}

func (p *pair) namesAreFelt(group string) {
	p.shows("title", func(doc string, _ *line) {
		p.ada.do("PATCH", "/documents/"+doc, map[string]any{"title": "Another"}).want(200)
	}, "Another")
	p.shows("by whom", func(doc string, _ *line) {
		p.ada.do("PATCH", "/documents/"+doc+"/members/"+p.bob.id, map[string]any{"role": "editor"}).want(200)
	}, "name:ada")
	p.shows("members", func(doc string, _ *line) {
		p.ada.do("POST", "/documents/"+doc+"/links", map[string]any{"role": "viewer"}).want(201)
	}, "a:members")
	p.shows("a group's name", func(doc string, l *line) {
		p.ada.do("PUT", "/documents/"+doc+"/groups/"+group, map[string]any{"role": "viewer"}).want(200)
		l.until("the grant", says("a:members"))
		p.b.feltAll(l)
		p.ada.do("PATCH", "/groups/"+group, map[string]any{"name": "H"}).want(200)
	}, "a:members")
	p.shows("a link that was opened", func(doc string, l *line) {
		_, link := p.ada.link(doc, "editor")
		p.b.feltAll(l)
		p.bob.do("POST", "/links/claim", map[string]any{"token": link}).want(200)
	}, "name:bob]")
	p.shows("name", func(doc string, l *line) {
		p.ada.at(p.b).subscribed(p.t, doc).send(fmt.Sprintf(`{"a":"p","ch":"documents.%s","id":"p1","p":{"index":0,"length":0},"pv":1,`+
			`"c":"documents","d":%q,"v":1,"t":"rich-text"}`, doc, doc))
		l.until("where ada is", says("name:ada"))
		p.ada.do("PATCH", "/me", map[string]any{"name": "Countess"}).want(200)
	}, "Countess")
}

// P10, N7: whoever made a change and died before they told anybody told all the same, with the change itself.
func TestP10WhoDiesAfterAChangeHasToldOfIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "quire.db")
	b := openHouse(t, sqliteStore(t, path), nil)
	ada, bob := b.account("ada"), b.account("bob")
	doc := ada.document("text")
	b.grant(doc, bob.id, "editor")
	line := bob.subscribed(t, doc)
	b.feltAll(line)
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
