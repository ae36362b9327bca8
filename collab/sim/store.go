package sim

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"quire/collab"
	"quire/storage"
)

// slowStore yields to other tasks before and after each call, sometimes for long, so that meanwhile the caller's state and the
// stored one differ.
type slowStore struct {
	collab.Log
	s         *scheduler
	rand      *rand.Rand
	calm      bool                  // never yields
	appending func([]storage.Batch) // called at the start of every Append
}

// gap is a point at which other tasks may run.
func (w *slowStore) gap() {
	if w.s.current == nil || w.calm {
		return
	}
	switch roll := w.rand.IntN(1000); {
	case roll < 2: // longer than a session waits
		w.s.pause(time.Duration(8+w.rand.IntN(8)) * time.Second)
	case roll < 40:
		w.s.pause(time.Duration(w.rand.IntN(300)) * time.Millisecond)
	case roll < 700:
		w.s.yield(nil)
	}
}

// lag is a gap that is often long.
func (w *slowStore) lag() {
	if w.s.current != nil && !w.calm && w.rand.IntN(4) == 0 {
		w.s.pause(time.Duration(w.rand.IntN(4000)) * time.Millisecond)
		return
	}
	w.gap()
}

func (w *slowStore) Append(ctx context.Context, batches []storage.Batch) []error {
	w.appending(batches)
	w.gap()
	defer w.gap()
	return w.Log.Append(ctx, batches)
}

func (w *slowStore) Load(ctx context.Context, doc storage.DocumentID, at storage.Revision, limit int) (storage.Loaded, error) {
	w.gap()
	defer w.gap()
	return w.Log.Load(ctx, doc, at, limit)
}

func (w *slowStore) Read(ctx context.Context, doc storage.DocumentID, from, to storage.Revision, limit int) ([]storage.Op, error) {
	w.gap()
	defer w.gap()
	return w.Log.Read(ctx, doc, from, to, limit)
}

func (w *slowStore) Find(ctx context.Context, doc storage.DocumentID, from storage.Revision, client string, seq int64) (storage.Revision, storage.Op, error) {
	w.gap()
	defer w.gap()
	return w.Log.Find(ctx, doc, from, client, seq)
}

func (w *slowStore) SaveSnapshot(ctx context.Context, doc storage.DocumentID, s storage.Snapshot) error {
	w.gap()
	defer w.gap()
	return w.Log.SaveSnapshot(ctx, doc, s)
}

// HeldRoles is slow for guests, often so slow that their roles change meanwhile.
func (w *slowStore) HeldRoles(ctx context.Context, doc storage.DocumentID, user storage.UserID) ([]storage.HeldRole, error) {
	if strings.HasPrefix(string(user), "guest") {
		w.lag()
		defer w.lag()
	}
	return w.Log.HeldRoles(ctx, doc, user)
}
