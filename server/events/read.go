package events

import (
	"context"
	"errors"
	"time"

	"quire/storage"
)

// Read feels what was told since the last time, but for what was felt already. Where some are missing or damaged, or too many
// came, or the store has gone back, everything is taken as changed.
func (w *Watch) Read(ctx context.Context) error {
	w.reading.Lock()
	defer w.reading.Unlock()
	w.mu.Lock()
	after, began, rewinds := w.after, w.began, w.rewinds
	w.mu.Unlock()
	limit := mostBehind
	if !began {
		limit = 0 // who begins needs no more than where
	}
	now := w.cfg.Store.Rewinds() // before the list, which may be of what follows it
	list, newest, err := w.cfg.Store.Events(ctx, after, limit)
	if errors.Is(err, storage.ErrDamaged) { // what cannot be read tells all the same that something changed
		w.cfg.Log.Error("an event is damaged: everything is taken as changed", "err", err)
		list, newest, err = w.cfg.Store.Events(ctx, after, 0)
	}
	if err != nil {
		return err
	}
	if !began || now != rewinds || !whole(list, after, newest) {
		w.missed(newest, now)
		return nil
	}
	names := w.names(ctx, list)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range list {
		if w.take(e.N) {
			e.ByName = names[e.By]
			w.feel(e, false)
		}
	}
	w.after = newest
	for n := range w.ahead {
		if n <= newest {
			delete(w.ahead, n)
		}
	}
	return nil
}

// whole reports whether list is all from after to newest.
func whole(list []storage.Event, after, newest int64) bool {
	if newest != after+int64(len(list)) {
		return false
	}
	for i, e := range list {
		if e.N != after+1+int64(i) {
			return false
		}
	}
	return true
}

// missed takes everything as changed up to newest: everybody's role is looked up at once, and the rest by Look.
func (w *Watch) missed(newest, rewinds int64) {
	w.mu.Lock()
	w.after, w.began, w.rewinds = newest, true, rewinds
	clear(w.ahead) // the numbers may be others' now
	w.all = true
	w.mu.Unlock()
	w.cfg.Hub.Reconsider()
	w.soon()
}

// take reports whether event n is to be felt; w.mu is held until it is.
func (w *Watch) take(n int64) bool {
	if n == 0 {
		return true // nobody else will tell
	}
	if _, felt := w.ahead[n]; felt || w.began && n <= w.after {
		return false
	}
	if len(w.ahead) < mostAhead {
		w.ahead[n] = struct{}{}
	}
	return true
}

const namesAtMost = 200 * time.Millisecond

// names are those of who did what is still to be felt. Without an answer notices go without: a revocation waits for no name.
func (w *Watch) names(ctx context.Context, list []storage.Event) map[storage.UserID]string {
	names := map[storage.UserID]string{}
	w.mu.Lock()
	for _, e := range list {
		if _, felt := w.ahead[e.N]; !felt && e.By != "" {
			names[e.By] = ""
		}
	}
	w.mu.Unlock()
	if len(names) == 0 {
		return nil
	}
	ids := make([]storage.UserID, 0, len(names))
	for id := range names {
		ids = append(ids, id)
	}
	ctx, stop := context.WithTimeout(ctx, namesAtMost)
	defer stop()
	users, err := w.cfg.Store.Users(ctx, ids)
	if err != nil {
		w.cfg.Log.Debug("who made a change is told without a name", "err", err)
		return nil
	}
	for _, u := range users {
		names[u.ID] = u.Name
	}
	return names
}
