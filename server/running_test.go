package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"quire/storage"
	"quire/storage/memory"
)

// clockAt is a time that moves only when told.
type clockAt struct{ ms atomic.Int64 }

func newClockAt() *clockAt {
	c := &clockAt{}
	c.ms.Store(time.Now().UnixMilli())
	return c
}

func (c *clockAt) Now() time.Time       { return time.UnixMilli(c.ms.Load()) }
func (c *clockAt) move(d time.Duration) { c.ms.Add(d.Milliseconds()) }

func TestTheTrashIsEmptiedAndSignInsExpire(t *testing.T) {
	ctx := context.Background()
	clock := newClockAt()
	h := newHouse(t, func(c *Config) {
		c.Now = clock.Now
		c.Bounds.Trash = 7 * 24 * time.Hour
	})
	ada := h.account("ada")
	var trashed []string
	for range houseBatch + 5 { // more than one batch
		id := ada.document("old")
		ada.do("DELETE", "/documents/"+id, nil).want(204)
		trashed = append(trashed, id)
	}
	clock.move(3 * 24 * time.Hour)
	recent, live := ada.document("recent"), ada.document("live")
	ada.do("DELETE", "/documents/"+recent, nil).want(204)
	clock.move(4*24*time.Hour + time.Second)
	if err := h.srv.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	for _, id := range trashed {
		if _, err := h.store.Document(ctx, storage.DocumentID(id)); !errors.Is(err, storage.ErrDeleted) {
			t.Fatalf("%s after its time: %v, want it deleted for good", id, err)
		}
	}
	ada.do("GET", "/documents/"+recent, nil).want(200)
	ada.do("GET", "/documents/"+live, nil).want(200)
	clock.move(31 * 24 * time.Hour)
	if err := h.srv.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if list, err := h.store.SignIns(ctx, storage.UserID(ada.id), time.Time{}); err != nil || len(list) != 0 {
		t.Errorf("expired sign-ins left: %v, %v", list, err)
	}
}

func TestNoSecretIsLogged(t *testing.T) {
	h := newHouse(t, withTokens)
	ada := h.account("ada")
	doc := ada.document("text")
	_, secret := ada.link(doc, "viewer")
	_, invitation := ada.invitation(doc, "x@example.org", "viewer")
	bearer := token(t, "u", nil, time.Minute)
	h.nobody().do("GET", "!/s/"+secret, nil, "Accept", "text/html").want(200)
	h.nobody().do("GET", "!/i/"+invitation, nil, "Accept", "text/html").want(200)
	h.nobody().do("POST", "/invitations/preview", map[string]any{"token": invitation}).want(200)
	ada.do("POST", "/invitations/claim", map[string]any{"token": invitation}).want(200)
	h.nobody().do("GET", "!/s/"+secret, nil).problem(404, "no-such-path")
	h.nobody().do("GET", "!/setup/the-setup-code", nil, "Accept", "text/html").want(200)
	h.nobody().do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	h.nobody().do("POST", "/auth/signin", map[string]any{"email": "ada@example.org", "password": "hunter2hunter2"}).want(401)
	h.bearer(bearer).do("GET", "/me", nil).want(200)
	h.bearer(bearer+"x").do("GET", "/me", nil).want(401)
	ticket := ada.do("POST", "/socket-tickets", nil).want(201)["ticket"].(string)
	h.nobody().do("GET", "/socket", nil, "Sec-WebSocket-Protocol", "quire, ticket."+ticket).want(426)
	h.stop()
	log := h.log.String()
	if !strings.Contains(log, "route=/api/v1/links/claim") {
		t.Errorf("the access log is not there:\n%s", log)
	}
	for name, text := range map[string]string{"link": secret, "invitation": invitation, "set-up code": "the-setup-code", "password": "hunter2", "token": bearer, "ticket": ticket} {
		if strings.Contains(log, text) {
			t.Errorf("the log holds a %s", name)
		}
	}
}

// unwell is a store that answers as it is told.
type unwell struct {
	*memory.Store
	ping *atomic.Pointer[error]
}

func (u unwell) Ping(context.Context) error { return *u.ping.Load() }

func TestHealth(t *testing.T) {
	clock := newClockAt()
	store := unwell{memory.New(), &atomic.Pointer[error]{}}
	store.ping.Store(new(error))
	h := openHouse(t, store, func(c *Config) { c.Now = clock.Now })
	c := h.nobody()
	for _, with := range []struct {
		err    error
		status int
		word   string
	}{{nil, 200, "ok"}, {storage.ErrUnavailable, 503, "no answer"}, {storage.ErrNoWrites, 503, "no writes"}, {nil, 200, "ok"}} {
		store.ping.Store(&with.err)
		clock.move(readyFor)
		c.do("GET", "!/healthz", nil).want(200)
		if got := c.do("GET", "!/readyz", nil).want(with.status); got["database"] != with.word || got["draining"] != false {
			t.Errorf("with %v: readyz = %v", with.err, got)
		}
	}
}

func TestDrainAnswersWhatIsUnderWayAndThenNothing(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	id := ada.document("text")
	h.srv.draining.Store(true)
	if got := ada.do("GET", "!/readyz", nil).want(503); got["draining"] != true {
		t.Errorf("readyz = %v", got)
	}
	h.stop()
	if _, err := ada.client.Get(h.base + "/healthz"); err == nil {
		t.Error("after Drain the server still answers")
	}
	content, at, err := h.hub.Content(context.Background(), "", storage.DocumentID(id), 1)
	if err == nil && (at != 1 || content.PlainText() != "text\n") {
		t.Errorf("content %v at %d", content, at)
	}
}

func TestTheAPIIsDescribedWithoutAnythingFromElsewhere(t *testing.T) {
	h := newHouse(t, nil)
	c := h.nobody()
	spec := c.do("GET", "/api/openapi.json", nil).want(200)
	if spec["openapi"] != "3.1.0" || len(spec["paths"].(map[string]any)) < 20 {
		t.Errorf("openapi %v with %d paths", spec["openapi"], len(spec["paths"].(map[string]any)))
	}
	raw := string(c.do("GET", "/api/openapi.json", nil).body)
	for _, foreign := range []string{"$schema", "ErrorModel", `"format": "binary"`} {
		if strings.Contains(raw, foreign) {
			t.Errorf("the document holds %s", foreign)
		}
	}
	page := c.do("GET", "/api/docs", nil, "Accept", "text/html")
	page.want(200)
	html := string(page.body)
	for _, bad := range []string{"src=\"http", "<link rel=\"stylesheet\" href=\"http", "<style", " style=", "onload", "<script>"} {
		if strings.Contains(html, bad) {
			t.Errorf("the reader's page holds %q, which the policy blocks", bad)
		}
	}
	for path, kind := range map[string]string{"/api/docs/reader.js": "javascript", "/api/docs/reader.css": "css", "/api/docs/mark.svg": "svg"} {
		res := c.do("GET", path, nil)
		if res.status != http.StatusOK || !strings.Contains(res.header.Get("Content-Type"), kind) {
			t.Errorf("%s = %d %s", path, res.status, res.header.Get("Content-Type"))
		}
	}
}
