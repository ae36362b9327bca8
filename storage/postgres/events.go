package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
)

// writing is a transaction with what it has to tell.
type writing struct {
	pgx.Tx
	told []storage.Event
}

// tell has the transaction tell of what it changed, when it ends.
func (w *writing) tell(events ...storage.Event) { w.told = append(w.told, events...) }

// tellOf tells of a document what has no other fields.
func (w *writing) tellOf(kind storage.EventKind, doc storage.DocumentID) { w.tell(of(doc, kind)) }

// of is an event about a document that has no other fields.
func of(doc storage.DocumentID, kind storage.EventKind) storage.Event {
	return storage.Event{Kind: kind, Document: doc}
}

// tellSQL numbers $1 events and keeps them. The head's row is locked until the commit, so numbers follow the order of commits,
// which those of a sequence do not: somebody would read 6 before 5 is there, and never look for 5 again.
const tellSQL = `WITH head AS (UPDATE events_head SET n = n + $1 RETURNING n), kept AS (
		INSERT INTO events (n, body, at) SELECT head.n - $1 + e.place, e.body, $3
		FROM head, unnest($2::text[]) WITH ORDINALITY AS e (body, place))
	SELECT n FROM head`

// keepEvents stores what was told. It is the transaction's last statement: everybody who tells anything waits for the head, and
// whoever has it waits for nothing any more.
func (w *writing) keepEvents(ctx context.Context) error {
	if len(w.told) == 0 {
		return nil
	}
	storage.Sign(ctx, w.told)
	bodies := make([]string, len(w.told))
	for i, e := range w.told {
		body, err := json.Marshal(e)
		if err != nil {
			return err
		}
		bodies[i] = string(body)
	}
	var last int64
	if err := w.QueryRow(ctx, tellSQL, int64(len(bodies)), bodies, storage.ToUnix(time.Now())).Scan(&last); err != nil {
		return fmt.Errorf("number events: %w", err)
	}
	storage.Number(w.told, last)
	return nil
}

// eventsSQL returns those after $1, at most $2, each with the newest number; only that number where there are none.
const eventsSQL = `SELECT h.n, coalesce(e.n, 0), coalesce(e.body, '') FROM events_head h
	LEFT JOIN LATERAL (SELECT n, body FROM events WHERE n > $1 ORDER BY n LIMIT $2) e ON true ORDER BY e.n`

// eventRow is a row of eventsSQL; n is 0 where there is only the newest number.
type eventRow struct {
	newest, n int64
	body      []byte
}

// Events lists what was told after a number.
func (s *Store) Events(ctx context.Context, after int64, limit int) (list []storage.Event, newest int64, err error) {
	found, err := all(ctx, s, "events", func(r *eventRow) []any { return []any{&r.newest, &r.n, &r.body} }, eventsSQL, after, max(limit, 0))
	for _, r := range found {
		newest = r.newest
		if r.n == 0 {
			break
		}
		e, err := storage.ReadEvent(r.n, r.body)
		if err != nil {
			return nil, 0, fmt.Errorf("postgres: events: %w", err)
		}
		list = append(list, e)
	}
	return list, newest, err
}

// DeleteEvents removes the oldest, up to the first that is not old: so none is missing between those kept, whatever the clocks of
// those who told them said.
func (s *Store) DeleteEvents(ctx context.Context, before time.Time, limit int) (int, error) {
	n, err := s.exec(ctx, "delete events", `WITH oldest AS (SELECT n, at FROM events ORDER BY n LIMIT $2)
		DELETE FROM events WHERE n IN (SELECT n FROM oldest WHERE n < coalesce((SELECT min(n) FROM oldest WHERE at >= $1), $3))`,
		storage.ToUnix(before), max(limit, 0), int64(math.MaxInt64))
	return int(n), err
}

// Hear calls f with what later changes tell.
func (s *Store) Hear(f func([]storage.Event)) (stop func()) { return s.listeners.Hear(f) }
