package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"quire/storage"
	"quire/storage/tables"
)

// querier is the pool or a transaction.
type querier interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

// live returns nil if a document exists, else ErrNotFound or ErrDeleted.
func live(ctx context.Context, q querier, doc storage.DocumentID) error {
	return liveRow(q.QueryRow(ctx, `SELECT deleted_at <> 0 FROM documents WHERE document_id = $1`, id(doc)))
}

// hold is live, and locks the document until tx ends: nobody else can delete it, or change its grants, links or snapshots.
func hold(ctx context.Context, tx pgx.Tx, doc storage.DocumentID) error {
	return liveRow(tx.QueryRow(ctx, `SELECT deleted_at <> 0 FROM documents WHERE document_id = $1 FOR NO KEY UPDATE`, id(doc)))
}

func liveRow(row pgx.Row) error {
	var deleted bool
	switch err := row.Scan(&deleted); {
	case errors.Is(err, pgx.ErrNoRows):
		return storage.ErrNotFound
	case err != nil:
		return err
	case deleted:
		return storage.ErrDeleted
	}
	return nil
}

// why returns ErrNotFound or ErrDeleted if that is why a query found nothing, or a log with a hole; else err.
func (s *Store) why(ctx context.Context, doc storage.DocumentID, err error) error {
	if errors.Is(err, pgx.ErrNoRows) || errors.Is(err, storage.ErrDamaged) {
		if gone := live(ctx, s.pool, doc); gone != nil {
			return gone
		}
	}
	return err
}

// Head returns the end of a document's log.
func (s *Store) Head(ctx context.Context, doc storage.DocumentID) (h storage.Head, err error) {
	err = s.pool.QueryRow(ctx, `SELECT `+tables.HeadColumns+` FROM heads h WHERE document_id = $1`, id(doc)).Scan(tables.HeadFields(&h)...)
	if err != nil {
		return storage.Head{}, fmt.Errorf("postgres: head doc=%s: %w", doc, read(s.why(ctx, doc, err)))
	}
	return h, nil
}

// chunkSQL selects up to 500 rows of $1 from the one that holds revision $2 on, up to revision $3, until $4 bytes are exceeded.
//
// Here and below the last row before a revision is found with ORDER BY … LIMIT 1 and not with max(): if a document has grown since
// the server's statistics were made, the server takes it for nearly empty, and reads all of it to find a max().
const chunkSQL = `
SELECT first_revision, count, body FROM (
	SELECT first_revision, count, body, sum(octet_length(body)) OVER (ORDER BY first_revision) - octet_length(body) AS before
	FROM (
		SELECT first_revision, count, body FROM ops
		WHERE document_id = $1 AND first_revision < $3 AND first_revision >=
			coalesce((SELECT first_revision FROM ops WHERE document_id = $1 AND first_revision <= $2
				ORDER BY first_revision DESC LIMIT 1), $2)
		ORDER BY first_revision LIMIT 500
	) chunk
) summed WHERE before <= $4 ORDER BY first_revision`

// tailSQL is chunkSQL from the newest snapshot at or before revision $2.
const tailSQL = `
SELECT first_revision, count, body FROM (
	SELECT first_revision, count, body, sum(octet_length(body)) OVER (ORDER BY first_revision) - octet_length(body) AS before
	FROM (
		SELECT first_revision, count, body FROM ops
		WHERE document_id = $1 AND first_revision < $3 AND first_revision >=
			coalesce((SELECT first_revision FROM ops WHERE document_id = $1 AND first_revision <=
				coalesce((SELECT revision FROM snapshots WHERE document_id = $1 AND revision <= $2
					ORDER BY revision DESC LIMIT 1), 0)
				ORDER BY first_revision DESC LIMIT 1), 0)
		ORDER BY first_revision LIMIT 500
	) chunk
) summed WHERE before <= $4 ORDER BY first_revision`

// stateSQL selects a document and its head, snapshotSQL its newest snapshot at or before revision $2.
const (
	beginReadSQL = `BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY` // so that several statements read at one instant
	endReadSQL   = `COMMIT`
	stateSQL     = `SELECT ` + tables.DocumentColumns + `, ` + tables.HeadColumns + ` FROM documents d JOIN heads h USING (document_id) WHERE document_id = $1`
	snapshotSQL  = `SELECT revision, checksum, preview, body FROM snapshots WHERE document_id = $1 AND revision <= $2 ORDER BY revision DESC LIMIT 1`
)

// fill adds the rows to page and returns how many there were.
func fill(rows pgx.Rows, page *storage.Page) (n int, err error) {
	defer rows.Close()
	for rows.Next() {
		var first storage.Revision
		var count int
		var body []byte
		if err := rows.Scan(&first, &count, &body); err != nil {
			return n, err
		}
		if _, err := page.Add(first, count, body); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

// finish reads chunk after chunk until page is complete. Between two of them the log can only have grown.
func (s *Store) finish(ctx context.Context, doc storage.DocumentID, page *storage.Page, to storage.Revision, limitBytes int) ([]storage.Op, error) {
	for page.More() {
		rows, err := s.pool.Query(ctx, chunkSQL, id(doc), int64(page.Next()), int64(to), chunkBytes(limitBytes))
		if err != nil {
			return nil, err
		}
		n, err := fill(rows, page)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break // a hole in the log: page.Ops returns the error
		}
	}
	return page.Ops()
}

// chunkBytes returns the limit in bytes for chunkSQL and tailSQL; there is none if limitBytes is not positive.
func chunkBytes(limitBytes int) int64 {
	if limitBytes <= 0 {
		return math.MaxInt64
	}
	return int64(limitBytes)
}

// Read returns a page of the log.
func (s *Store) Read(ctx context.Context, doc storage.DocumentID, from, to storage.Revision, limitBytes int) ([]storage.Op, error) {
	head, err := s.Head(ctx, doc)
	if err != nil {
		return nil, err
	}
	if from, to, err = storage.Span(head.Revision, from, to); err != nil {
		return nil, fmt.Errorf("postgres: read doc=%s: %w", doc, err)
	}
	ops, err := s.finish(ctx, doc, storage.NewPage(doc, from, to, limitBytes), to, limitBytes)
	if err != nil {
		return nil, fmt.Errorf("postgres: read doc=%s: %w", doc, read(s.why(ctx, doc, err)))
	}
	return ops, nil
}

// Find looks for the op of (client, seq) from a revision on.
func (s *Store) Find(ctx context.Context, doc storage.DocumentID, from storage.Revision, client string, seq int64) (storage.Revision, storage.Op, error) {
	return storage.Search(ctx, s, doc, from, client, seq)
}

// Load reads a document at one instant, in one round trip unless the ops after the snapshot are many or a snapshot is damaged.
func (s *Store) Load(ctx context.Context, doc storage.DocumentID, at storage.Revision, limitBytes int) (storage.Loaded, error) {
	l, err := s.load(ctx, doc, at, limitBytes)
	if err != nil {
		return storage.Loaded{}, fmt.Errorf("postgres: load doc=%s: %w", doc, read(s.why(ctx, doc, err)))
	}
	return l, nil
}

func (s *Store) load(ctx context.Context, doc storage.DocumentID, at storage.Revision, limitBytes int) (l storage.Loaded, err error) {
	ceiling := int64(math.MaxInt64)
	if at >= 0 {
		ceiling = int64(at)
	}
	var damaged []storage.Revision
	for {
		l = storage.Loaded{Damaged: damaged}
		sound, page, to, err := s.loadOnce(ctx, doc, at, ceiling, limitBytes, &l)
		if err != nil {
			return l, err
		}
		if sound {
			l.Ops, err = s.finish(ctx, doc, page, to, limitBytes)
			return l, err
		}
		damaged = append(damaged, l.Snapshot.Revision)
		ceiling = int64(l.Snapshot.Revision) - 1
	}
}

// loadOnce reads a document with the first chunk of its ops, at one instant. If not sound, the snapshot is damaged and no ops were
// read.
func (s *Store) loadOnce(ctx context.Context, doc storage.DocumentID, at storage.Revision, ceiling int64, limitBytes int, l *storage.Loaded) (sound bool, page *storage.Page, to storage.Revision, err error) {
	end := int64(math.MaxInt64)
	if at >= 0 {
		end = int64(at)
	}
	batch := &pgx.Batch{}
	batch.Queue(beginReadSQL)
	batch.Queue(stateSQL, id(doc))
	batch.Queue(snapshotSQL, id(doc), ceiling)
	batch.Queue(tailSQL, id(doc), ceiling, end, chunkBytes(limitBytes))
	batch.Queue(endReadSQL)
	results := s.pool.SendBatch(ctx, batch)
	defer func() {
		if closeErr := results.Close(); err == nil {
			err = closeErr
		}
	}()
	if _, err = results.Exec(); err != nil {
		return false, nil, 0, err
	}
	if err = results.QueryRow().Scan(append(tables.DocumentFields(&l.Document), tables.HeadFields(&l.Head)...)...); err != nil {
		return false, nil, 0, err
	}
	if to, err = storage.Reach(l.Head.Revision, at); err != nil {
		return false, nil, 0, err
	}
	var sum int64
	err = results.QueryRow().Scan(&l.Snapshot.Revision, &sum, &l.Snapshot.Preview, &l.Snapshot.Body)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return false, nil, 0, err
	}
	if err == nil && sum != int64(storage.SnapshotSum(doc, l.Snapshot.Revision, l.Snapshot.Body)) {
		return false, nil, 0, nil
	}
	rows, err := results.Query()
	if err != nil {
		return false, nil, 0, err
	}
	page = storage.NewPage(doc, l.Snapshot.Revision, to, limitBytes)
	_, err = fill(rows, page)
	return true, page, to, err
}

// SaveSnapshot stores sn and deletes some of the older ones (storage.ThinSnapshots).
func (s *Store) SaveSnapshot(ctx context.Context, doc storage.DocumentID, sn storage.Snapshot) error {
	return s.write(ctx, "save snapshot doc="+string(doc), func(tx *writing) error {
		if err := hold(ctx, tx, doc); err != nil {
			return err
		}
		var head storage.Revision
		if err := tx.QueryRow(ctx, `SELECT revision FROM heads WHERE document_id = $1`, id(doc)).Scan(&head); err != nil {
			return err
		}
		if err := storage.CheckSnapshot(head, sn, s.Rewinds()); err != nil {
			return err
		}
		sum, preview := storage.SnapshotSum(doc, sn.Revision, sn.Body), storage.Text(sn.Preview)
		if _, err := tx.Exec(ctx, `INSERT INTO snapshots (document_id, revision, checksum, preview, body) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (document_id, revision) DO UPDATE SET checksum = excluded.checksum, preview = excluded.preview, body = excluded.body`,
			id(doc), int64(sn.Revision), int64(sum), preview, blob(sn.Body)); err != nil {
			return err
		}
		kept, err := revisionsOf(ctx, tx, doc)
		if err != nil {
			return err
		}
		if kept[len(kept)-1] == sn.Revision {
			if _, err := tx.Exec(ctx, `UPDATE documents SET preview = $2 WHERE document_id = $1`, id(doc), preview); err != nil {
				return err
			}
		}
		drop := storage.ThinSnapshots(kept)
		if len(drop) == 0 {
			return nil
		}
		_, err = tx.Exec(ctx, `DELETE FROM snapshots WHERE document_id = $1 AND revision = ANY ($2::bigint[])`, id(doc), drop)
		return err
	})
}

func revisionsOf(ctx context.Context, q querier, doc storage.DocumentID) ([]storage.Revision, error) {
	rows, err := q.Query(ctx, `SELECT revision FROM snapshots WHERE document_id = $1 ORDER BY revision`, id(doc))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[storage.Revision])
}

// Snapshots lists the revisions that have a snapshot.
func (s *Store) Snapshots(ctx context.Context, doc storage.DocumentID) ([]storage.Revision, error) {
	revisions, err := revisionsOf(ctx, s.pool, doc)
	if err == nil && len(revisions) == 0 {
		err = live(ctx, s.pool, doc)
	}
	if err != nil {
		return nil, fmt.Errorf("postgres: snapshots doc=%s: %w", doc, read(err))
	}
	return revisions, nil
}

// RenewEpoch starts a new epoch of the log.
func (s *Store) RenewEpoch(ctx context.Context) (string, error) {
	epoch := rand.Text()
	_, err := s.exec(ctx, "renew epoch", `UPDATE settings SET value = $2 WHERE key = $1`, epochKey, []byte(epoch))
	return epoch, err
}
