package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"quire/storage"
	"quire/storage/tables"
)

// Head returns the end of a document's log.
func (s *Store) Head(ctx context.Context, doc storage.DocumentID) (h storage.Head, err error) {
	err = s.read(ctx, "head doc="+string(doc), func(q *sql.Tx) error {
		h, err = headOf(ctx, q, doc)
		return err
	})
	return h, err
}

func headOf(ctx context.Context, q *sql.Tx, doc storage.DocumentID) (h storage.Head, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+tables.HeadColumns+` FROM heads h WHERE document_id = ?1`, string(doc)).Scan(tables.HeadFields(&h)...)
	if errors.Is(err, sql.ErrNoRows) {
		if err = live(ctx, q, doc); err == nil {
			err = fmt.Errorf("%w: a document without a head", storage.ErrDamaged)
		}
	}
	return h, err
}

// Load reads a document at one instant.
func (s *Store) Load(ctx context.Context, doc storage.DocumentID, at storage.Revision, limitBytes int) (storage.Loaded, error) {
	var l storage.Loaded
	err := s.read(ctx, "load doc="+string(doc), func(q *sql.Tx) (err error) {
		if l.Document, l.Head, err = documentOf(ctx, q, doc); err != nil {
			return err
		}
		to, err := storage.Reach(l.Head.Revision, at)
		if err != nil {
			return err
		}
		if l.Snapshot, l.Damaged, err = snapshotOf(ctx, q, doc, to); err != nil {
			return err
		}
		l.Ops, err = opsOf(ctx, q, doc, l.Snapshot.Revision, to, limitBytes)
		return err
	})
	if err != nil {
		return storage.Loaded{}, err
	}
	return l, nil
}

// snapshotOf returns the newest sound snapshot at or before revision at, and the revisions of damaged ones after it.
func snapshotOf(ctx context.Context, q *sql.Tx, doc storage.DocumentID, at storage.Revision) (storage.Snapshot, []storage.Revision, error) {
	var damaged []storage.Revision
	for {
		var sn storage.Snapshot
		var sum int64
		err := q.QueryRowContext(ctx, `SELECT revision, checksum, preview, body FROM snapshots
			WHERE document_id = ?1 AND revision <= ?2 ORDER BY revision DESC LIMIT 1`, string(doc), int64(at)).Scan(&sn.Revision, &sum, &sn.Preview, &sn.Body)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return storage.Snapshot{}, damaged, nil
		case err != nil:
			return storage.Snapshot{}, nil, err
		case sum == int64(storage.SnapshotSum(doc, sn.Revision, sn.Body)):
			return sn, damaged, nil
		}
		damaged = append(damaged, sn.Revision)
		at = sn.Revision - 1
	}
}

// opsOf returns the ops between two revisions, up to limitBytes; an error if the log has a hole there.
func opsOf(ctx context.Context, q *sql.Tx, doc storage.DocumentID, from, to storage.Revision, limitBytes int) ([]storage.Op, error) {
	page := storage.NewPage(doc, from, to, limitBytes)
	if !page.More() {
		return nil, nil
	}
	rows, err := q.QueryContext(ctx, `SELECT first_revision, count, body FROM ops
		WHERE document_id = ?1 AND first_revision < ?3 AND first_revision >=
			coalesce((SELECT max(first_revision) FROM ops WHERE document_id = ?1 AND first_revision <= ?2), ?2)
		ORDER BY first_revision`, string(doc), int64(from), int64(to))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for more := true; more && rows.Next(); {
		var first storage.Revision
		var count int
		var body []byte
		if err := rows.Scan(&first, &count, &body); err != nil {
			return nil, err
		}
		if more, err = page.Add(first, count, body); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return page.Ops()
}

// Read returns a page of the log.
func (s *Store) Read(ctx context.Context, doc storage.DocumentID, from, to storage.Revision, limitBytes int) (ops []storage.Op, err error) {
	err = s.read(ctx, "read doc="+string(doc), func(q *sql.Tx) error {
		head, err := headOf(ctx, q, doc)
		if err != nil {
			return err
		}
		if from, to, err = storage.Span(head.Revision, from, to); err != nil {
			return err
		}
		ops, err = opsOf(ctx, q, doc, from, to, limitBytes)
		return err
	})
	return ops, err
}

// Find looks for the op of (client, seq) from a revision on.
func (s *Store) Find(ctx context.Context, doc storage.DocumentID, from storage.Revision, client string, seq int64) (storage.Revision, storage.Op, error) {
	return storage.Search(ctx, s, doc, from, client, seq)
}

// SaveSnapshot stores sn and deletes some of the older ones (storage.ThinSnapshots).
func (s *Store) SaveSnapshot(ctx context.Context, doc storage.DocumentID, sn storage.Snapshot) error {
	return s.write(ctx, "save snapshot doc="+string(doc), func(t *tx) error {
		head, err := headOf(t.ctx, t.Tx, doc)
		if err != nil {
			return err
		}
		if err := storage.CheckSnapshot(head.Revision, sn, rewinds); err != nil {
			return err
		}
		sum := storage.SnapshotSum(doc, sn.Revision, sn.Body)
		preview := storage.Text(sn.Preview)
		if _, err := t.exec(`INSERT INTO snapshots (document_id, revision, checksum, preview, body) VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT DO UPDATE SET checksum = excluded.checksum, preview = excluded.preview, body = excluded.body`,
			string(doc), int64(sn.Revision), int64(sum), preview, blob(sn.Body)); err != nil {
			return err
		}
		kept, err := revisionsOf(t.ctx, t.Tx, doc)
		if err != nil {
			return err
		}
		if kept[len(kept)-1] == sn.Revision {
			if _, err := t.exec(`UPDATE documents SET preview = ?2 WHERE document_id = ?1`, string(doc), preview); err != nil {
				return err
			}
		}
		for _, r := range storage.ThinSnapshots(kept) {
			if _, err := t.exec(`DELETE FROM snapshots WHERE document_id = ?1 AND revision = ?2`, string(doc), int64(r)); err != nil {
				return err
			}
		}
		return nil
	})
}

func revisionsOf(ctx context.Context, q *sql.Tx, doc storage.DocumentID) ([]storage.Revision, error) {
	rows, err := q.QueryContext(ctx, `SELECT revision FROM snapshots WHERE document_id = ?1 ORDER BY revision`, string(doc))
	return collect(rows, err, func(r *storage.Revision) []any { return []any{r} })
}

// Snapshots lists the revisions that have a snapshot.
func (s *Store) Snapshots(ctx context.Context, doc storage.DocumentID) (revisions []storage.Revision, err error) {
	err = s.read(ctx, "snapshots doc="+string(doc), func(q *sql.Tx) error {
		if err := live(ctx, q, doc); err != nil {
			return err
		}
		revisions, err = revisionsOf(ctx, q, doc)
		return err
	})
	return revisions, err
}

// Barrier makes a commit of its own: what a killed process had written to the WAL can be read although it was never synced, and this
// commit syncs it.
func (s *Store) Barrier(ctx context.Context) error {
	return s.write(ctx, "barrier", func(tx *tx) error {
		_, err := tx.exec(`UPDATE settings SET value = value WHERE key = ?1`, epochKey)
		return err
	})
}

// rewinds is constant: nobody can restore an older file while a process serves it, which has it open and locked.
const rewinds = 0

// Rewinds returns 0, always.
func (s *Store) Rewinds() int64 { return rewinds }

// Epoch returns the name of this history of the log.
func (s *Store) Epoch(ctx context.Context) (string, error) {
	epoch, err := s.Setting(ctx, epochKey)
	return string(epoch), err
}

// RenewEpoch starts a new epoch of the log.
func (s *Store) RenewEpoch(ctx context.Context) (string, error) {
	epoch := rand.Text()
	err := s.write(ctx, "renew epoch", func(t *tx) error {
		_, err := t.exec(`UPDATE settings SET value = ?2 WHERE key = ?1`, epochKey, []byte(epoch))
		return err
	})
	return epoch, err
}

// blob returns a copy of b that is never nil, which would be stored as NULL.
func blob(b []byte) []byte { return append([]byte{}, b...) }

// collect returns all rows; fields returns pointers to where a row's columns go.
func collect[T any](rows *sql.Rows, err error, fields func(*T) []any) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var one T
		if err := rows.Scan(fields(&one)...); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
