package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// createSQL inserts a document, its head, its owner's grant and its first row of ops, if its id was never used and its
// owner is not deleted.
const createSQL = `
WITH person AS (
	SELECT deleted_at FROM users WHERE user_id = $4 FOR SHARE
), document AS (
	INSERT INTO documents (document_id, title, title_folded, owner_id, created_at, preview, application)
	SELECT $1, $2, $3, $4, $5::bigint, $12, $13 WHERE NOT EXISTS (SELECT FROM person WHERE deleted_at <> 0)
	ON CONFLICT (document_id) DO NOTHING RETURNING document_id
), head AS (
	INSERT INTO heads (document_id, revision, bytes, updated_at, updated_by) SELECT document_id, $6, $7, $8, $9 FROM document
), owner AS (
	INSERT INTO grants (document_id, user_id, role, since, created_at, via)
	SELECT document_id, $4, $10, 0, $5, $10 FROM document WHERE $4 <> ''
), log AS (
	INSERT INTO ops (document_id, first_revision, count, body) SELECT document_id, 0, $6::bigint::integer, $11::bytea FROM document WHERE $6::bigint > 0
)
SELECT document_id FROM document`

// CreateDocument stores d with its first ops and its owner's grant.
func (s *Store) CreateDocument(ctx context.Context, d storage.Document, ops []storage.Op) error {
	what := "create document doc=" + string(d.ID)
	if err := storage.CheckDocument(d); err != nil {
		return fmt.Errorf("postgres: %s: %w", what, err)
	}
	title, h := storage.Text(d.Title), storage.Head{UpdatedAt: d.CreatedAt, UpdatedBy: d.Owner}.Grow(ops)
	n, err := s.exec(ctx, what, createSQL, id(d.ID), title, storage.Fold(title), id(d.Owner), storage.ToUnix(d.CreatedAt),
		int64(h.Revision), h.Bytes, storage.ToUnix(h.UpdatedAt), id(h.UpdatedBy), storage.RoleOwner, storage.AppendRow(nil, d.ID, 0, ops),
		storage.Text(d.Preview), storage.Text(d.Application))
	if err != nil || n > 0 {
		return err
	}
	err = live(ctx, s.pool, d.ID) // ErrNotFound if the id was never used: then the owner is deleted
	if err == nil || errors.Is(err, storage.ErrDeleted) {
		err = storage.ErrExists
	}
	return fmt.Errorf("postgres: %s: %w", what, read(err))
}

// documentSQL selects a document that is not deleted.
const documentSQL = `SELECT ` + tables.DocumentColumns + ` FROM documents d WHERE document_id = $1 AND deleted_at = 0`

// Document returns a document's record.
func (s *Store) Document(ctx context.Context, doc storage.DocumentID) (d storage.Document, err error) {
	err = s.pool.QueryRow(ctx, documentSQL, id(doc)).Scan(tables.DocumentFields(&d)...)
	if err != nil {
		return storage.Document{}, fmt.Errorf("postgres: document doc=%s: %w", doc, read(s.why(ctx, doc, err)))
	}
	return d, nil
}

// change updates the document of e ($1), if it exists and where holds, and adds e if it changed.
func (s *Store) change(ctx context.Context, what string, e storage.Event, set, where string, args ...any) error {
	return s.write(ctx, what+" doc="+string(e.Document), func(tx *writing) error {
		tag, err := tx.Exec(ctx, `UPDATE documents SET `+set+` WHERE document_id = $1 AND deleted_at = 0 AND `+where, append([]any{id(e.Document)}, args...)...)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return live(ctx, tx, e.Document)
		}
		tx.tell(e)
		return nil
	})
}

// mustChange locks the document of e ($1), adds e, and runs a statement that must change a row, else ErrNotFound.
func (s *Store) mustChange(ctx context.Context, what string, e storage.Event, query string, args ...any) error {
	return s.write(ctx, what+" doc="+string(e.Document), func(tx *writing) error {
		if err := hold(ctx, tx, e.Document); err != nil {
			return err
		}
		tx.tell(e)
		return must(tx.Exec(ctx, query, append([]any{id(e.Document)}, args...)...))
	})
}

// SetTitle renames a document.
func (s *Store) SetTitle(ctx context.Context, doc storage.DocumentID, title string) error {
	return s.change(ctx, "set title", of(doc, storage.EventTitle), `title = $2, title_folded = $3`, `title <> $2`, storage.Text(title), storage.Fold(title))
}

// TrashDocument puts a document into the trash.
func (s *Store) TrashDocument(ctx context.Context, doc storage.DocumentID, by storage.UserID, at time.Time) error {
	return s.change(ctx, "trash document", of(doc, storage.EventTrashed), `trashed_at = $2, trashed_by = $3`, `trashed_at = 0`, storage.ToUnix(at), id(by))
}

// RestoreDocument takes a document out of the trash.
func (s *Store) RestoreDocument(ctx context.Context, doc storage.DocumentID) error {
	return s.change(ctx, "restore document", of(doc, storage.EventRestored), `trashed_at = 0, trashed_by = ''`, `trashed_at <> 0`)
}

// DeleteDocument removes everything but the tombstone. It deletes the head first: that waits for a commit in progress, and no
// commit can follow.
func (s *Store) DeleteDocument(ctx context.Context, doc storage.DocumentID, at time.Time) error {
	return s.write(ctx, "delete document doc="+string(doc), func(tx *writing) error {
		if err := hold(ctx, tx, doc); err != nil {
			return err
		}
		for _, table := range []string{"heads", "ops", "snapshots", "grants", "group_grants", "links", "invitations", "access_requests"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE document_id = $1`, id(doc)); err != nil {
				return err
			}
		}
		tx.tellOf(storage.EventDeleted, doc)
		_, err := tx.Exec(ctx, `UPDATE documents SET title = '', title_folded = '', preview = '', owner_id = '', application = '', created_at = 0, trashed_at = 0,
			trashed_by = '', reach_role = '', reach_since = 0, offered_to = '', offered_by = '', offered_then = '', offered_at = 0, deleted_at = $2 WHERE document_id = $1`, id(doc), max(storage.ToUnix(at), 1))
		return err
	})
}

// TrashedBefore lists documents that were put into the trash before a time, oldest first.
func (s *Store) TrashedBefore(ctx context.Context, before time.Time, limit int) ([]storage.DocumentID, error) {
	return all(ctx, s, "trashed before", func(id *storage.DocumentID) []any { return []any{id} },
		`SELECT document_id FROM documents WHERE trashed_at <> 0 AND trashed_at < $1 ORDER BY trashed_at, document_id LIMIT $2`, storage.ToUnix(before), limit)
}

// OwnedBytes returns the bytes of the logs of all documents that user owns (Document.Owner).
func (s *Store) OwnedBytes(ctx context.Context, user storage.UserID) (sum int64, err error) {
	err = s.one(ctx, "owned bytes", []any{&sum}, `SELECT coalesce(sum(h.bytes), 0)::bigint FROM documents d JOIN heads h USING (document_id)
		WHERE d.owner_id = $1 AND d.deleted_at = 0`, id(user))
	return sum, err
}

// ApplicationBytes returns the bytes of the logs of an application's documents.
func (s *Store) ApplicationBytes(ctx context.Context, application string) (sum int64, err error) {
	err = s.one(ctx, "application bytes", []any{&sum}, `SELECT coalesce(sum(h.bytes), 0)::bigint FROM documents d JOIN heads h USING (document_id)
		WHERE d.application = $1 AND d.application <> '' AND d.deleted_at = 0`, storage.Text(application))
	return sum, err
}
