package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"

	"quire/storage"
)

// writer holds the prepared statements of a commit. Only the holder of the slot uses it.
type writer struct {
	advance *sql.Stmt // the compare-and-set on the head
	insert  *sql.Stmt
	row     []byte // scratch
}

func (w *writer) prepare(ctx context.Context, db *sql.DB) (err error) {
	w.advance, err = db.PrepareContext(ctx, `UPDATE heads SET revision = ?3, bytes = bytes + ?4, updated_at = ?5,
		updated_by = CASE ?6 WHEN '' THEN updated_by ELSE ?6 END WHERE document_id = ?1 AND revision = ?2`)
	if err != nil {
		return err
	}
	w.insert, err = db.PrepareContext(ctx, `INSERT INTO ops (document_id, first_revision, count, body) VALUES (?1, ?2, ?3, ?4)`)
	return err
}

func (w *writer) close() (err error) {
	for _, stmt := range []*sql.Stmt{w.advance, w.insert} {
		if stmt != nil {
			err = errors.Join(err, stmt.Close())
		}
	}
	return err
}

// Append commits the batches in one transaction. If that fails as a whole, it tries each batch alone, once.
func (s *Store) Append(ctx context.Context, batches []storage.Batch) []error {
	outcomes := checkBatches(batches)
	release, err := s.take(ctx)
	if err != nil {
		return allFail(outcomes, fmt.Errorf("sqlite: append: %w", err))
	}
	defer release()
	ctx = context.WithoutCancel(ctx)
	err = s.commit(ctx, batches, outcomes)
	if err == nil {
		return outcomes
	}
	var unknown *unknownOutcome
	if errors.As(err, &unknown) || len(batches) == 1 {
		return s.failed(batches, outcomes, err)
	}
	s.counts.singled.Add(1)
	s.log.Warn("commit failed, repeating it one document at a time", "documents", len(batches), "err", err)
	outcomes = checkBatches(batches)
	for i := range batches {
		if err := s.commit(ctx, batches[i:i+1], outcomes[i:i+1]); err != nil {
			s.failed(batches[i:i+1], outcomes[i:i+1], err)
		}
	}
	return outcomes
}

func checkBatches(batches []storage.Batch) []error {
	outcomes := storage.CheckBatches(batches)
	storage.CheckRewinds(outcomes, batches, rewinds)
	return outcomes
}

// unknownOutcome is an error of COMMIT itself.
type unknownOutcome struct{ error }

func (e *unknownOutcome) Unwrap() error { return e.error }

func allFail(outcomes []error, err error) []error {
	for i := range outcomes {
		outcomes[i] = err
	}
	return outcomes
}

// failed sets err as the outcome of each batch that was not refused for a reason of its own.
func (s *Store) failed(batches []storage.Batch, outcomes []error, err error) []error {
	var unknown *unknownOutcome
	isUnknown := errors.As(err, &unknown)
	if !isUnknown {
		err = sure(err)
	}
	for i, b := range batches {
		if !errors.Is(outcomes[i], storage.ErrInvalid) {
			s.beat(err)
			outcomes[i] = fmt.Errorf("sqlite: append doc=%s base=%d: %w", b.Document, b.Base, err)
			if isUnknown {
				s.counts.unknown.Add(1)
			}
		}
	}
	return outcomes
}

// commit stores what it can of batches in one transaction and sets the outcomes of those it refuses. After an error nothing is
// stored, unless it is an unknownOutcome.
func (s *Store) commit(ctx context.Context, batches []storage.Batch, outcomes []error) error {
	begun := time.Now()
	inner, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	t := &tx{Tx: inner, ctx: ctx}
	advance, insert := t.StmtContext(ctx, s.writer.advance), t.StmtContext(ctx, s.writer.insert)
	stored, ops := 0, 0
	for i, b := range batches {
		if outcomes[i] != nil {
			continue
		}
		if outcomes[i], err = s.commitOne(t, advance, insert, b); err != nil {
			return errors.Join(err, inner.Rollback())
		}
		if outcomes[i] == nil {
			stored, ops = stored+1, ops+len(b.Ops)
		}
	}
	if stored == 0 {
		inner.Rollback() // nothing was written
		return nil
	}
	if err := inner.Commit(); err != nil {
		return &unknownOutcome{fmt.Errorf("commit: %w", err)}
	}
	s.beat(nil)
	s.count(begun, stored, ops)
	return nil
}

// beat tells the pulse how a write went.
func (s *Store) beat(err error) {
	if err == nil || storage.WriteFailed(err) {
		var fault *sqlite.Error
		s.pulse.Beat(err, errors.As(err, &fault))
	}
}

// commitOne returns the batch's own refusal, or an error that concerns the whole transaction.
func (s *Store) commitOne(t *tx, advance, insert *sql.Stmt, b storage.Batch) (refusal, err error) {
	grown := storage.Head{Revision: b.Base}.Grow(b.Ops)
	result, err := advance.ExecContext(t.ctx, string(b.Document), int64(b.Base), int64(grown.Revision), grown.Bytes, storage.ToUnix(grown.UpdatedAt), string(grown.UpdatedBy))
	if err != nil {
		return nil, err
	}
	if n, err := result.RowsAffected(); err != nil {
		return nil, err
	} else if n == 0 {
		return s.refusal(t, b)
	}
	s.writer.row = storage.AppendRow(s.writer.row[:0], b.Document, b.Base, b.Ops)
	_, err = insert.ExecContext(t.ctx, string(b.Document), int64(b.Base), len(b.Ops), s.writer.row)
	if cap(s.writer.row) > keptScratch {
		s.writer.row = nil
	}
	return nil, err
}

// keptScratch is how many bytes of scratch are kept for the next commit.
const keptScratch = 1 << 20

// refusal returns why the head did not match, or an error that concerns the whole transaction.
func (s *Store) refusal(t *tx, b storage.Batch) (refusal, err error) {
	if refusal = live(t.ctx, t.Tx, b.Document); refusal == nil {
		s.counts.conflicts.Add(1)
		refusal = storage.ErrConflict
	}
	if !storage.Refused(refusal) {
		return nil, refusal
	}
	return fmt.Errorf("sqlite: append doc=%s base=%d: %w", b.Document, b.Base, refusal), nil
}

// live returns nil if a document exists, else ErrNotFound or ErrDeleted.
func live(ctx context.Context, q *sql.Tx, doc storage.DocumentID) error {
	var deletedAt int64
	err := q.QueryRowContext(ctx, `SELECT deleted_at FROM documents WHERE document_id = ?1`, string(doc)).Scan(&deletedAt)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return storage.ErrNotFound
	case err == nil && deletedAt != 0:
		return storage.ErrDeleted
	}
	return err
}

func (s *Store) count(begun time.Time, documents, ops int) {
	took := time.Since(begun)
	s.counts.commits.Add(1)
	s.counts.ops.Add(int64(ops))
	s.counts.commitTime.Add(int64(took))
	if took > storage.SlowCommit {
		s.counts.slow.Add(1)
		s.log.Debug("slow commit", "took", took, "documents", documents, "ops", ops)
	}
}
