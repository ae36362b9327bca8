package memory

import (
	"context"
	"slices"
	"time"

	"quire/storage"
)

// tell adds events to those of the call in progress. s.mu is held.
func (s *Store) tell(events ...storage.Event) { s.telling = append(s.telling, events...) }

// tellOf adds an event that has a document and nothing else.
func (s *Store) tellOf(kind storage.EventKind, doc storage.DocumentID) {
	s.tell(storage.Event{Kind: kind, Document: doc})
}

// finish stores the events of a call, unlocks the store and then calls the listeners.
func (s *Store) finish(ctx context.Context) {
	told := s.telling
	if len(told) == 0 {
		s.mu.Unlock()
		return
	}
	s.telling = nil
	storage.Sign(ctx, told)
	s.newest += int64(len(told))
	storage.Number(told, s.newest)
	now := time.Now()
	for _, e := range told {
		e.ByName = ""
		s.events, s.toldAt = append(s.events, e), append(s.toldAt, now)
	}
	s.mu.Unlock()
	s.listeners.Settle(told, nil)
}

// Events lists the events after a number.
func (s *Store) Events(ctx context.Context, after int64, limit int) ([]storage.Event, int64, error) {
	return two(ctx, s, "events", func() ([]storage.Event, int64, error) {
		var list []storage.Event
		for _, e := range s.events[s.placeAfter(after):] {
			if len(list) >= limit {
				break
			}
			e.Users = slices.Clone(e.Users)
			list = append(list, e)
		}
		return list, s.newest, nil
	})
}

// placeAfter returns the index in s.events of the first number above after.
func (s *Store) placeAfter(after int64) int {
	older := s.newest - int64(len(s.events)) // the number before the oldest event that is kept
	return int(min(max(after-older, 0), int64(len(s.events))))
}

// DeleteEvents deletes the oldest events.
func (s *Store) DeleteEvents(ctx context.Context, before time.Time, through int64, limit int) (int, error) {
	return get(ctx, s, "delete events", func() (int, error) {
		n := 0
		for n < min(len(s.events), limit) && (s.toldAt[n].Before(before) || s.events[n].N <= through) {
			n++
		}
		s.events, s.toldAt = slices.Delete(s.events, 0, n), slices.Delete(s.toldAt, 0, n)
		return n, nil
	})
}

// Hear adds a listener to this store's own changes.
func (s *Store) Hear(f func([]storage.Event)) (stop func()) { return s.listeners.Hear(f) }
