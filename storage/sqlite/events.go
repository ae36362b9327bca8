package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"quire/storage"
)

// tell adds events to those the transaction will write at its end.
func (t *tx) tell(events ...storage.Event) { t.told = append(t.told, events...) }

// tellOf adds an event that has a document and nothing else.
func (t *tx) tellOf(kind storage.EventKind, doc storage.DocumentID) {
	t.tell(storage.Event{Kind: kind, Document: doc})
}

// keepEvents writes the transaction's events, as its last step.
func (t *tx) keepEvents() error {
	if len(t.told) == 0 {
		return nil
	}
	storage.Sign(t.ctx, t.told)
	bodies, err := json.Marshal(t.told)
	if err != nil {
		return err
	}
	var last int64
	if err := t.row(`UPDATE events_head SET n = n + ?1 WHERE one = 1 RETURNING n`, len(t.told)).Scan(&last); err != nil {
		return fmt.Errorf("number events: %w", err)
	}
	_, err = t.exec(`INSERT INTO events (n, body, at) SELECT ?1 + key, value, ?2 FROM json_each(?3)`,
		last-int64(len(t.told))+1, storage.ToUnix(time.Now()), string(bodies))
	storage.Number(t.told, last)
	return err
}

// eventsSQL selects the events after ?1, at most ?2, each with the newest number; if there are none, one row with that number.
const eventsSQL = `SELECT h.n, coalesce(m.n, 0), coalesce(m.body, '') FROM events_head h
	LEFT JOIN (SELECT n, body FROM events WHERE n > ?1 ORDER BY n LIMIT ?2) m WHERE h.one = 1 ORDER BY m.n`

// Events lists the events after a number. It is one statement, and so consistent without a transaction.
func (s *Store) Events(ctx context.Context, after int64, limit int) (list []storage.Event, newest int64, err error) {
	rows, err := s.reads.QueryContext(ctx, eventsSQL, after, max(limit, 0))
	found, err := collect(rows, err, func(r *eventRow) []any { return []any{&r.newest, &r.n, &r.body} })
	for _, r := range found {
		newest = r.newest
		if r.n == 0 || err != nil {
			break
		}
		var e storage.Event
		e, err = storage.ReadEvent(r.n, r.body)
		list = append(list, e)
	}
	if err != nil {
		return nil, 0, s.readErr(ctx, "events", err)
	}
	return list, newest, nil
}

// eventRow is a row of eventsSQL. n is 0 if there are no events after the given number.
type eventRow struct {
	newest, n int64
	body      []byte
}

// tellDeletion adds the events of a person's deletion. It must run before the deletion, whose rows it reads. email is folded.
func tellDeletion(t *tx, id storage.UserID, email string) error {
	t.tell(storage.Event{Kind: storage.EventEnded, Users: []storage.UserID{id}})
	signIns, err := column[string](t, `SELECT sign_in_id FROM sign_ins WHERE user_id = ?1`, string(id))
	if err != nil {
		return err
	}
	tokens, err := column[string](t, `SELECT token_id FROM tokens WHERE user_id = ?1`, string(id))
	if err != nil {
		return err
	}
	t.tell(storage.EachID(storage.EventSignIn, signIns)...)
	t.tell(storage.EachID(storage.EventToken, tokens)...)
	rows, err := t.QueryContext(t.ctx, followersSQL, string(id))
	groups, err := collect(rows, err, func(g *[2]string) []any { return []any{&g[0], &g[1]} })
	if err != nil {
		return err
	}
	for _, g := range groups {
		t.tell(storage.GroupEvent(g[0], id, storage.UserID(g[1])))
	}
	return t.tellMembers(leftSQL, string(id), email)
}

// followersSQL selects the groups of user ?1, each with the member who becomes its manager when ?1 leaves; empty if none does.
const followersSQL = `SELECT m.group_id, coalesce((SELECT o.user_id FROM group_members o WHERE o.group_id = m.group_id AND o.user_id <> ?1
		AND NOT EXISTS (SELECT 1 FROM group_members x WHERE x.group_id = m.group_id AND x.user_id <> ?1 AND x.manager)
		ORDER BY o.created_at, o.user_id LIMIT 1), '')
	FROM group_members m WHERE m.user_id = ?1 ORDER BY m.group_id`

// leftSQL selects the documents on which user ?1 with e-mail ?2, or a group with no other member, has a role, request or invitation.
const leftSQL = `SELECT document_id FROM grants WHERE user_id = ?1
	UNION SELECT document_id FROM access_requests WHERE user_id = ?1
	UNION SELECT document_id FROM documents WHERE owner_id = ?1 AND deleted_at = 0
	UNION SELECT document_id FROM invitations WHERE email_folded = ?2
	UNION SELECT p.document_id FROM group_members m JOIN group_grants p USING (group_id) WHERE m.user_id = ?1
		AND NOT EXISTS (SELECT 1 FROM group_members o WHERE o.group_id = m.group_id AND o.user_id <> ?1)`

// DeleteEvents deletes the oldest events, up to the first that is to stay: the numbers left have no holes.
func (s *Store) DeleteEvents(ctx context.Context, before time.Time, through int64, limit int) (int, error) {
	var n int64
	err := s.write(ctx, "delete events", func(t *tx) (err error) {
		n, err = t.exec(`WITH oldest AS (SELECT n, at FROM events ORDER BY n LIMIT ?2)
			DELETE FROM events WHERE n IN (SELECT n FROM oldest WHERE n < coalesce((SELECT min(n) FROM oldest WHERE at >= ?1 AND n > ?4), ?3))`,
			storage.ToUnix(before), max(limit, 0), int64(math.MaxInt64), through)
		return err
	})
	return int(n), err
}

// Hear adds a listener to this store's own changes.
func (s *Store) Hear(f func([]storage.Event)) (stop func()) { return s.listeners.Hear(f) }
