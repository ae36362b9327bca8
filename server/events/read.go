package events

import (
	"context"
	"errors"
	"time"

	"quire/storage"
)

// Read applies the events written since the last call, except those already applied. If events are missing or damaged, there are
// too many, or the store went back in time, it treats everything as changed. What was applied before an error stays so.
func (w *Watch) Read(ctx context.Context) error {
	w.reading.Lock()
	defer w.reading.Unlock()
	begun := time.Now()
	for more := true; more; {
		var err error
		if more, err = w.readPage(ctx); err != nil {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.read = begun
	return nil
}

// readPage applies the next events, and reports whether there are more.
func (w *Watch) readPage(ctx context.Context) (more bool, err error) {
	w.mu.Lock()
	after, began, rewinds := w.after, w.began, w.rewinds
	w.mu.Unlock()
	limit := pageSize
	if !began {
		limit = 0 // the first call only needs the newest number
	}
	now := w.cfg.Store.Rewinds() // before Events: a rewind between the two is then noticed by the next call
	list, newest, err := w.cfg.Store.Events(ctx, after, limit)
	if errors.Is(err, storage.ErrDamaged) { // an unreadable event still means that something changed
		w.cfg.Log.Error("an event is damaged: everything is taken as changed", "err", err)
		list, newest, err = w.cfg.Store.Events(ctx, after, 0)
	}
	if err != nil {
		return false, err
	}
	if !began || now != rewinds || newest-after > mostBehind || !whole(list, after, newest) {
		w.missed(newest, now)
		return false, nil
	}
	names := w.names(ctx, list)
	for i := range list {
		list[i].ByName = names[list[i].By]
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.applyNew(list, false)
	w.after = after + int64(len(list))
	for n := range w.ahead {
		if n <= w.after {
			delete(w.ahead, n)
		}
	}
	return w.after < newest, nil
}

// whole reports whether list has the events above after without a hole: a page of them, or all up to newest.
func whole(list []storage.Event, after, newest int64) bool {
	if len(list) < pageSize && newest != after+int64(len(list)) {
		return false
	}
	for i, e := range list {
		if e.N != after+1+int64(i) {
			return false
		}
	}
	return true
}

// missed treats everything up to newest as changed.
func (w *Watch) missed(newest, rewinds int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.after, w.began, w.rewinds = newest, true, rewinds
	clear(w.ahead) // after a rewind the same numbers may name other events
	w.everythingChanged()
}

// take reports whether event n is still to be applied, and marks it as applied. w.mu is held until then.
func (w *Watch) take(n int64) bool {
	if n == 0 {
		return true // without a number it comes only once
	}
	if _, applied := w.ahead[n]; applied || w.began && n <= w.after {
		return false
	}
	if len(w.ahead) < mostAhead {
		w.ahead[n] = struct{}{}
	}
	return true
}

const namesAtMost = 200 * time.Millisecond

// names returns the names of the people behind events that are still to be applied. If the store does not answer within
// namesAtMost, notices go out without names: a revocation must not wait for one.
func (w *Watch) names(ctx context.Context, list []storage.Event) map[storage.UserID]string {
	names := map[storage.UserID]string{}
	w.mu.Lock()
	for _, e := range list {
		if _, applied := w.ahead[e.N]; !applied && e.By != "" {
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
