package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
)

const appendName = "quire_append"

// appendSQL advances the heads that are at their batch's base, inserts the rows of those batches, and returns their places
// in the arrays, from 1. Locks are taken in the order of the arrays, which are sorted by document.
const appendSQL = `
WITH advanced AS (
	UPDATE heads h SET revision = h.revision + b.count, bytes = h.bytes + b.bytes, updated_at = b.updated_at,
		updated_by = CASE b.updated_by WHEN '' THEN h.updated_by ELSE b.updated_by END
	FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::bytea[], $5::bigint[], $6::bigint[], $7::text[])
		WITH ORDINALITY AS b (document_id, first_revision, count, body, bytes, updated_at, updated_by, place)
	WHERE h.document_id = b.document_id AND h.revision = b.first_revision
	RETURNING b.document_id, b.first_revision, b.count, b.body, b.place
), stored AS (
	INSERT INTO ops (document_id, first_revision, count, body)
	SELECT document_id, first_revision, count, body FROM advanced
)
SELECT place FROM advanced`

// Append commits the batches in one statement. If the server rolls that back, it tries each batch alone, once.
func (s *Store) Append(ctx context.Context, batches []storage.Batch) []error {
	outcomes := storage.CheckBatches(batches)
	conn, err := s.committer.take(ctx)
	if err != nil {
		s.beat(err)
		for i := range outcomes {
			outcomes[i] = fmt.Errorf("postgres: append: %w", err)
		}
		return outcomes
	}
	defer s.committer.release()
	storage.CheckRewinds(outcomes, batches, s.Rewinds())
	places := make([]int, 0, len(batches))
	for i := range batches {
		if outcomes[i] == nil {
			places = append(places, i)
		}
	}
	slices.SortFunc(places, func(a, b int) int { return cmp.Compare(batches[a].Document, batches[b].Document) })
	err = s.commit(ctx, conn, batches, places, outcomes)
	if strands(err) {
		s.committer.drop()
	}
	if len(places) < 2 || !rolledBack(err) || serverWide(err) {
		s.failed(batches, places, outcomes, err)
		return outcomes
	}
	s.counts.singled.Add(1)
	s.log.Warn("commit failed, repeating it one document at a time", "documents", len(places), "err", err)
	for i := range places {
		s.failed(batches, places[i:i+1], outcomes, s.commit(ctx, conn, batches, places[i:i+1], outcomes))
	}
	return outcomes
}

// failed sets err, if there is one, as the outcome of the batches at places.
func (s *Store) failed(batches []storage.Batch, places []int, outcomes []error, err error) {
	if err == nil {
		return
	}
	if code(err) == "23505" { // the head was right, yet its revision is taken
		err = fmt.Errorf("%w: %w", storage.ErrDamaged, err)
	}
	err = written(err)
	s.beat(err)
	for _, i := range places {
		if !storage.Refused(err) {
			s.counts.unknown.Add(1)
		}
		outcomes[i] = fmt.Errorf("postgres: append doc=%s base=%d: %w", batches[i].Document, batches[i].Base, err)
	}
}

// commit stores what it can of the batches at places, repeating the statement after a deadlock, and sets the outcomes of those
// it refuses. If it returns an error it has set none.
func (s *Store) commit(ctx context.Context, conn *pgx.Conn, batches []storage.Batch, places []int, outcomes []error) error {
	if len(places) == 0 {
		return nil
	}
	begun := time.Now()
	c := &s.committer.columns
	c.reset()
	for _, i := range places {
		c.add(batches[i])
	}
	stored, err := s.run(ctx, conn, c)
	if cut := cutOff(conn); err == nil && len(stored) > 0 {
		err = cut
	}
	if err != nil {
		return err
	}
	ops := 0
	lost := slices.Clone(places)
	for _, place := range stored {
		at := places[place-1]
		ops += len(batches[at].Ops)
		lost[place-1] = -1
	}
	if len(stored) > 0 {
		s.committer.proven = begun
		s.beat(nil)
		s.count(begun, len(stored), ops)
	}
	if len(stored) < len(places) {
		lost = slices.DeleteFunc(lost, func(i int) bool { return i < 0 })
		s.refuse(ctx, conn, batches, lost, outcomes)
	}
	return nil
}

// run executes appendSQL, again after a deadlock, and returns the places, from 1, of the rows that were stored.
func (s *Store) run(ctx context.Context, conn *pgx.Conn, c *columns) (stored []int64, err error) {
	for try := 1; ; try++ {
		stored, err = c.run(ctx, conn)
		if code(err) != deadlock || try == maxTries {
			return stored, err
		}
		s.counts.retries.Add(1)
	}
}

// refuse finds out why the heads of the batches at places did not match, and sets their outcomes. If it cannot find out, it reports
// conflicts: nothing of them was stored, and whoever reads again will learn the reason.
func (s *Store) refuse(ctx context.Context, conn *pgx.Conn, batches []storage.Batch, places []int, outcomes []error) {
	names := make([]string, len(places))
	for i, place := range places {
		names[i] = string(batches[place].Document)
	}
	deleted := map[string]bool{}
	rows, err := conn.Query(ctx, `SELECT document_id, deleted_at <> 0 FROM documents WHERE document_id = ANY ($1)`, names)
	if err == nil {
		var name string
		var gone bool
		_, err = pgx.ForEachRow(rows, []any{&name, &gone}, func() error {
			deleted[name] = gone
			return nil
		})
	}
	for _, place := range places {
		b := batches[place]
		refusal := storage.ErrConflict
		if gone, known := deleted[string(b.Document)]; err == nil && gone {
			refusal = storage.ErrDeleted
		} else if err == nil && !known {
			refusal = storage.ErrNotFound
		} else {
			s.counts.conflicts.Add(1)
		}
		outcomes[place] = fmt.Errorf("postgres: append doc=%s base=%d: %w", b.Document, b.Base, refusal)
	}
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
