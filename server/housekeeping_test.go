package server

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"quire/storage"
	"quire/storage/memory"
	"quire/storage/storagetest"
)

// TestHousekeepingLeavesTheStartAlone: whoever opens a document right after a restart waited for it, twice as long as else.
func TestHousekeepingLeavesTheStartAlone(t *testing.T) {
	var rounds atomic.Int64
	faulty := storagetest.NewFaulty(memory.New(), func(c storagetest.Call) storagetest.Fault {
		if c.Is("TrashedBefore") {
			rounds.Add(1)
		}
		return storagetest.None
	})
	h := openHouse(t, faulty, nil)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go h.srv.keepHouse(ctx)
		for _, step := range []struct {
			after time.Duration
			want  int64
		}{{houseAfter - time.Second, 0}, {2 * time.Second, 1}, {houseEvery - 2*time.Second, 1}, {2 * time.Second, 2}} {
			time.Sleep(step.after)
			synctest.Wait()
			if got := rounds.Load(); got != step.want {
				t.Fatalf("%d rounds, want %d", got, step.want)
			}
		}
	})
}

// Events are kept for 30 days: who has not looked for longer takes everything as changed.
func TestEventsAreKeptForThirtyDays(t *testing.T) {
	clock := newClockAt()
	h := newHouse(t, func(c *Config) { c.Now = clock.Now })
	ada := h.account("ada")
	ada.do("PATCH", "/documents/"+ada.document("text"), map[string]any{"title": "Another"}).want(200)
	kept := func() int {
		if err := h.srv.tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, newest, err := h.store.Events(t.Context(), 0, 1000)
		if err != nil || newest == 0 {
			t.Fatal(newest, err)
		}
		return len(list)
	}
	clock.move(29 * 24 * time.Hour)
	if kept() == 0 {
		t.Error("events are gone after 29 days")
	}
	clock.move(2 * 24 * time.Hour)
	if n := kept(); n > 0 {
		t.Errorf("%d events are there after 31 days", n)
	}
}

// plenty is a store that says of the newest event, to whoever asks for nothing else, that as many came before it as are kept.
type plenty struct{ storage.Store }

func (p plenty) Events(ctx context.Context, after int64, limit int) ([]storage.Event, int64, error) {
	list, newest, err := p.Store.Events(ctx, after, limit)
	if limit == 0 {
		newest += storage.EventsAtMost - 2
	}
	return list, newest, err
}

// No more events are kept than EventsAtMost, however new they are: else whoever can change a title could fill the disk.
func TestEventsAreKeptUpToANumber(t *testing.T) {
	h := openHouse(t, plenty{memory.New()}, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	for _, title := range []string{"A", "B", "C", "D", "E"} {
		ada.do("PATCH", "/documents/"+doc, map[string]any{"title": title}).want(200)
	}
	if err := h.srv.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, newest, err := h.store.Events(t.Context(), 0, 1000)
	if err != nil || len(list) != 2 || list[1].N != newest {
		t.Errorf("%d events are left, of %d: %v, want the newest two", len(list), newest, err)
	}
}
