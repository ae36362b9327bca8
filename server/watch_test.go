package server

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"quire/server/auth"
	"quire/server/events"
	"quire/server/farewell"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/sealed"
	"quire/storage/storagetest"
)

// beside is another process over the same database, as the command line is.
func (h *house) beside(t *testing.T) *auth.Service {
	t.Helper()
	s, err := auth.New(auth.Config{Store: h.store, Secret: sealed.Of(testSecret), Hash: auth.HashConfig{Memory: 64, Passes: 1}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// watch is another Watch of the server's, which hears nothing, and looks when it is told to.
func (h *house) watch(now func() time.Time) *watch {
	return &watch{h.t, events.New(events.Config{
		Store: h.store, Hub: h.hub, Auth: h.srv.auth, Settings: h.srv.settings.Refresh, Now: now, Log: h.srv.log,
	})}
}

type watch struct {
	t testing.TB
	*events.Watch
}

func (w *watch) look() {
	w.t.Helper()
	err := errors.Join(w.Read(context.Background()), w.Look(context.Background()))
	for more := true; more && err == nil; {
		more, err = w.Check(context.Background())
	}
	if err != nil {
		w.t.Error(err)
	}
}

// mute is a store that tells nobody of anything, as if those who tell had a fault.
type mute struct{ storage.Store }

func (mute) Hear(func([]storage.Event)) func() { return func() {} }

func (mute) Events(context.Context, int64, int) ([]storage.Event, int64, error) { return nil, 0, nil }

// W9, P10: what another process ends, open sockets feel; other people's go on.
func TestW9AnotherProcessEndsSockets(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t, nil)
	ada, bob, cem := h.account("ada"), h.account("bob"), h.account("cem")
	doc, solo := ada.document("text"), cem.document("solo")
	for _, c := range []*caller{bob, cem} {
		h.grant(doc, c.id, "editor")
	}
	h.grant(solo, ada.id, "viewer")
	adas, bobs, cems := ada.subscribed(t, doc), bob.subscribed(t, doc), cem.subscribed(t, doc)
	adasSolo := ada.subscribed(t, solo)
	other := h.beside(t)
	user, err := other.AccountOf(ctx, "bob@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.ResetPassword(ctx, auth.From{}, "", user); err != nil {
		t.Fatal(err)
	}
	if end := bobs.closed(); end != 4500 {
		t.Errorf("after a reset the socket closed with %d, want 4500", end)
	}
	done, err := farewell.Service{Store: h.store, Now: time.Now, Log: slog.New(slog.DiscardHandler)}.
		Delete(ctx, farewell.Leaving{User: storage.UserID(cem.id), Shared: farewell.Delete})
	if err != nil || done.Deleted != 1 {
		t.Fatal(done, err)
	}
	if end := cems.closed(); end != 4500 {
		t.Errorf("the deleted person's socket closed with %d, want 4500", end)
	}
	if end := adasSolo.closed(); end != 4502 {
		t.Errorf("a reader of their document: closed with %d, want 4502", end)
	}
	adas.send(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2}`)
	adas.until("the hello", func(f map[string]any) bool { return f["a"] == "hs" })
}

// W9: a sign-in that ended between being looked at and the socket's joining does not slip through, and neither does one
// whose end nobody told of, though later.
func TestW9EveryProofIsCheckedAfterItsSocketJoined(t *testing.T) {
	ctx := context.Background()
	clock := newClockAt()
	h := openHouse(t, mute{memory.New()}, func(c *Config) { c.Now = clock.Now })
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	h.grant(doc, bob.id, "editor")
	w := h.watch(clock.Now)
	w.look()
	bobs := bob.subscribed(t, doc)
	if _, err := h.store.DeleteSignIns(ctx, storage.UserID(bob.id), ""); err != nil { // nobody is told
		t.Fatal(err)
	}
	w.look()
	if end := bobs.closed(); end != 4500 {
		t.Errorf("closed with %d, want 4500", end)
	}
	adas := ada.subscribed(t, doc)
	w.look() // hers counts, and will not be looked at again soon
	if _, err := h.store.DeleteSignIns(ctx, storage.UserID(ada.id), ""); err != nil {
		t.Fatal(err)
	}
	clock.move(time.Minute)
	w.look()
	if end := adas.closed(); end != 4500 {
		t.Errorf("after a minute closed with %d, want 4500", end)
	}
}

// W9: a proof of which the store did not tell whether it counts is asked about again; it is not taken for one that does.
func TestW9AProofThatCouldNotBeCheckedIsCheckedAgain(t *testing.T) {
	faulty := storagetest.NewFaulty(memory.New(), nil)
	h := openHouse(t, mute{faulty}, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	asked := make(chan struct{})
	faulty.SetPlan(func(c storagetest.Call) storagetest.Fault {
		if !c.Is("SignIn") {
			return storagetest.None
		}
		select {
		case asked <- struct{}{}:
		default:
		}
		return storagetest.Refuse
	})
	line := ada.subscribed(t, doc)
	if _, err := h.store.DeleteSignIns(t.Context(), storage.UserID(ada.id), ""); err != nil { // nobody is told
		t.Fatal(err)
	}
	for range 2 { // the server's own watch
		select {
		case <-asked:
		case <-time.After(soon):
			t.Fatal("nobody asks whether the sign-in counts")
		}
	}
	faulty.SetPlan(nil)
	if end := line.closed(); end != 4500 {
		t.Errorf("closed with %d, want 4500", end)
	}
}

// A look that missed some events checks everything that is open.
func TestALookThatMissedEventsChecksEverything(t *testing.T) {
	ctx := context.Background()
	store := memory.New()
	h := openHouse(t, mute{store}, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	line := ada.subscribed(t, doc)
	h.store = store
	w := h.watch(time.Now)
	w.look()
	id := ada.do("GET", "/me", nil).want(200)["sign_in"].(string)
	if err := h.store.DeleteSignIn(ctx, storage.UserID(ada.id), id); err != nil {
		t.Fatal(err)
	}
	if _, err := h.store.DeleteEvents(ctx, time.Now().Add(time.Hour), 0, 1000); err != nil { // that some were missed is all that is known
		t.Fatal(err)
	}
	w.look()
	if end := line.closed(); end != 4500 {
		t.Errorf("closed with %d, want 4500", end)
	}
}

// W9: the end of all of somebody's sign-ins, of which the watch learns half a second later, does not end the one that was made
// meanwhile: a guest who makes an account, and who sets a new password, goes on at once.
func TestW9ALateEndingSparesTheNextSignIn(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	_, link := ada.link(doc, "editor")
	w := h.watch(time.Now)
	w.look()

	guest := h.nobody()
	guest.do("POST", "/links/claim", map[string]any{"token": link, "name": "Tomás"}).want(200)
	before := guest.subscribed(t, doc)
	guest.do("POST", "/auth/signup", map[string]any{"name": "Tomás", "email": "tomas@example.org", "password": "a short sentence is easiest"}).want(201)
	if end := before.closed(); end != 4500 {
		t.Errorf("the guest's socket closed with %d, want 4500", end)
	}
	after := guest.subscribed(t, doc)
	w.look()
	after.send(`{"a":"pp"}`)
	after.until("an answer", func(f map[string]any) bool { return f["a"] == "pp" })

	user, err := h.srv.auth.AccountOf(ctx, "tomas@example.org")
	if err != nil {
		t.Fatal(err)
	}
	code, err := h.beside(t).ResetPassword(ctx, auth.From{}, "", user)
	if err != nil {
		t.Fatal(err)
	}
	guest.do("POST", "/auth/reset", map[string]any{"code": code, "password": "another short sentence"}).want(200)
	after = guest.subscribed(t, doc)
	w.look()
	after.send(`{"a":"pp"}`)
	after.until("an answer", func(f map[string]any) bool { return f["a"] == "pp" })
}
