package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"quire/storage"
)

// writing is a transaction, with the events that its commit will write.
type writing struct {
	pgx.Tx
	told []storage.Event
}

// tell adds events to those the commit will write.
func (w *writing) tell(events ...storage.Event) { w.told = append(w.told, events...) }

// tellOf adds an event that has a document and nothing else.
func (w *writing) tellOf(kind storage.EventKind, doc storage.DocumentID) { w.tell(of(doc, kind)) }

// of returns an event that has a document and nothing else.
func of(doc storage.DocumentID, kind storage.EventKind) storage.Event {
	return storage.Event{Kind: kind, Document: doc}
}

// tellSQL numbers $1 events and inserts them. The row of events_head stays locked until the commit, so the numbers are in commit
// order. A sequence's would not be: a reader could see 6 before 5 is committed, and never ask for 5 again. If the row is missing
// the statement fails, because n is NULL then.
const tellSQL = `WITH head AS (UPDATE events_head SET n = n + $1 WHERE one = 1 RETURNING n), kept AS (
		INSERT INTO events (n, body, at) SELECT (SELECT n FROM head) - $1 + e.place, e.body, $3
		FROM unnest($2::text[]) WITH ORDINALITY AS e (body, place))
	SELECT n FROM head`

// commit writes the events and commits, both in one message to the server, after all other statements. All transactions with events
// wait for the row of events_head, so whoever has locked it must not wait again: not for another lock, nor for this process, which
// may be stopped at any point.
func (w *writing) commit(ctx context.Context, conn *pgxpool.Conn) error {
	if len(w.told) == 0 {
		return written(w.Commit(ctx))
	}
	storage.Sign(ctx, w.told)
	bodies := make([]string, len(w.told))
	for i, e := range w.told {
		body, err := json.Marshal(e)
		if err != nil {
			return notStored(err)
		}
		bodies[i] = string(body)
	}
	batch, last := &pgx.Batch{}, int64(0)
	batch.Queue(tellSQL, int64(len(bodies)), bodies, storage.ToUnix(time.Now()))
	batch.Queue(`COMMIT`)
	answers := conn.SendBatch(ctx, batch)
	err := answers.QueryRow().Scan(&last)
	if err == nil {
		_, err = answers.Exec()
	}
	if closing := answers.Close(); err == nil {
		err = closing
	}
	if strands(err) {
		strand(conn.Conn())
	}
	if err != nil {
		return written(err)
	}
	storage.Number(w.told, last)
	return nil
}

// end rolls back a transaction that is still open.
func (w *writing) end(ctx context.Context, conn *pgxpool.Conn) {
	if conn.Conn().PgConn().TxStatus() != 'I' {
		w.Rollback(ctx)
	}
}

// eventsSQL selects the events after $1, at most $2, each with the newest number; if there are none, one row with that number.
const eventsSQL = `SELECT h.n, coalesce(e.n, 0), coalesce(e.body, '') FROM events_head h
	LEFT JOIN LATERAL (SELECT n, body FROM events WHERE n > $1 ORDER BY n LIMIT $2) e ON true
	WHERE h.one = 1 ORDER BY e.n`

// eventRow is a row of eventsSQL. n is 0 if there are no events after the given number.
type eventRow struct {
	newest, n int64
	body      []byte
}

// Events lists the events after a number.
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

// deleteEventsSQL deletes, of the oldest $2 events, those before the first that was written at $1 or later with
// a number above $4. $3 is above all numbers.
const deleteEventsSQL = `WITH oldest AS (SELECT n, at FROM events ORDER BY n LIMIT $2)
	DELETE FROM events WHERE n IN (SELECT n FROM oldest WHERE n < coalesce((SELECT min(n) FROM oldest WHERE at >= $1 AND n > $4), $3))`

// DeleteEvents deletes the oldest events, up to the first that is to stay: so the numbers that remain have no holes, even if
// the nodes' clocks differ.
func (s *Store) DeleteEvents(ctx context.Context, before time.Time, through int64, limit int) (int, error) {
	n, err := s.exec(ctx, "delete events", deleteEventsSQL, storage.ToUnix(before), max(limit, 0), int64(math.MaxInt64), through)
	return int(n), err
}

// Hear adds a listener to this store's own changes.
func (s *Store) Hear(f func([]storage.Event)) (stop func()) { return s.listeners.Hear(f) }
