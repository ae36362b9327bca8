// Package events tells other processes over the same database what open sockets must feel within a second: that a sign-in
// ended, that a person is gone, that a document was deleted. The command line uses it beside a running server, and
// nodes among themselves.
//
// The last events stand in one row under a count. Who looks often reads one small row each time; who missed some learns
// that, and checks everything it has open instead.
package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"quire/storage"
)

// Kinds of events.
const (
	SignInEnded     = "sign-in"
	UserEnded       = "user" // for good: felt late, it would end what they opened since
	DocumentDeleted = "document"
)

// Event is one, about the thing of that id.
type Event struct {
	Kind string `json:"k"`
	ID   string `json:"i"`
}

const (
	key  = "events"
	kept = 100
)

// row is what stands in the store.
type row struct {
	Count int64   `json:"n"` // of events ever told
	Last  []Event `json:"l"` // the newest last
}

// Tell adds events.
func Tell(ctx context.Context, store storage.Settings, events ...Event) error {
	if len(events) == 0 {
		return nil
	}
	for {
		was, r, err := read(ctx, store)
		if err != nil {
			return err
		}
		r.Count += int64(len(events))
		r.Last = append(r.Last, events...)
		r.Last = r.Last[max(0, len(r.Last)-kept):]
		next, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if err = store.SetSetting(ctx, key, next, was); !errors.Is(err, storage.ErrConflict) {
			return err
		}
	}
}

// Since returns the events after the first count of them, and how many there are now. missed: some are not kept any more.
func Since(ctx context.Context, store storage.Settings, count int64) (events []Event, now int64, missed bool, err error) {
	_, r, err := read(ctx, store)
	if err != nil {
		return nil, count, false, err
	}
	fresh := r.Count - count
	if fresh < 0 || fresh > int64(len(r.Last)) { // fewer: the database was restored from a backup
		return nil, r.Count, true, nil
	}
	return r.Last[int64(len(r.Last))-fresh:], r.Count, false, nil
}

func read(ctx context.Context, store storage.Settings) (was []byte, r row, err error) {
	was, err = store.Setting(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, r, nil
	} else if err != nil {
		return nil, r, err
	}
	if err := json.Unmarshal(was, &r); err != nil {
		return nil, r, fmt.Errorf("events: %w", err)
	}
	return was, r, nil
}
