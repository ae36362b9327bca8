package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// CreateDocument stores d with its first ops and its owner's grant.
func (s *Store) CreateDocument(ctx context.Context, d storage.Document, ops []storage.Op) error {
	return s.write(ctx, "create document doc="+string(d.ID), func(t *tx) error {
		if err := storage.CheckDocument(d); err != nil {
			return err
		}
		created, title := storage.ToUnix(d.CreatedAt), storage.Text(d.Title)
		n, err := t.exec(`INSERT INTO documents (document_id, title, title_folded, owner_id, created_at, preview, application)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
			ON CONFLICT (document_id) DO NOTHING`, string(d.ID), title, storage.Fold(title), string(d.Owner), created, storage.Text(d.Preview),
			storage.Text(d.Application))
		if err != nil {
			return err
		}
		if n == 0 {
			return storage.ErrExists
		}
		if err := notDeleted(t.ctx, t.Tx, d.Owner); err != nil {
			return err
		}
		h := storage.Head{UpdatedAt: d.CreatedAt, UpdatedBy: d.Owner}.Grow(ops)
		if _, err := t.exec(`INSERT INTO heads (document_id, revision, bytes, updated_at, updated_by) VALUES (?1, ?2, ?3, ?4, ?5)`,
			string(d.ID), int64(h.Revision), h.Bytes, storage.ToUnix(h.UpdatedAt), string(h.UpdatedBy)); err != nil {
			return err
		}
		if len(ops) > 0 {
			if _, err := t.exec(`INSERT INTO ops (document_id, first_revision, count, body) VALUES (?1, 0, ?2, ?3)`,
				string(d.ID), len(ops), storage.AppendRow(nil, d.ID, 0, ops)); err != nil {
				return err
			}
		}
		if d.Owner == "" {
			return nil
		}
		_, err = t.exec(`INSERT INTO grants (document_id, user_id, role, since, created_at, via) VALUES (?1, ?2, ?3, 0, ?4, ?3)`,
			string(d.ID), string(d.Owner), storage.RoleOwner, created)
		return err
	})
}

func documentOf(ctx context.Context, q *sql.Tx, doc storage.DocumentID) (d storage.Document, h storage.Head, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+tables.DocumentColumns+`, `+tables.HeadColumns+` FROM documents d JOIN heads h USING (document_id)
		WHERE document_id = ?1`, string(doc)).Scan(append(tables.DocumentFields(&d), tables.HeadFields(&h)...)...)
	if errors.Is(err, sql.ErrNoRows) {
		if gone := live(ctx, q, doc); gone != nil {
			err = gone
		}
	}
	return d, h, err
}

// Document returns a document's record.
func (s *Store) Document(ctx context.Context, doc storage.DocumentID) (d storage.Document, err error) {
	err = s.read(ctx, "document doc="+string(doc), func(q *sql.Tx) error {
		d, _, err = documentOf(ctx, q, doc)
		return err
	})
	return d, err
}

// change runs a statement on the document of e (?1), which must exist, and adds e if the statement changed a row.
func (s *Store) change(ctx context.Context, what string, e storage.Event, query string, args ...any) error {
	return s.write(ctx, what+" doc="+string(e.Document), func(t *tx) error {
		if err := live(t.ctx, t.Tx, e.Document); err != nil {
			return err
		}
		changed, err := t.changed(query, append([]any{string(e.Document)}, args...)...)
		if changed {
			t.tell(e)
		}
		return err
	})
}

// mustChange is change with ErrNotFound if the statement changed no row.
func (s *Store) mustChange(ctx context.Context, what string, e storage.Event, query string, args ...any) error {
	return s.write(ctx, what+" doc="+string(e.Document), func(t *tx) error {
		if err := live(t.ctx, t.Tx, e.Document); err != nil {
			return err
		}
		t.tell(e)
		return t.must(query, append([]any{string(e.Document)}, args...)...)
	})
}

// of returns an event that has a document and nothing else.
func of(doc storage.DocumentID, kind storage.EventKind) storage.Event {
	return storage.Event{Kind: kind, Document: doc}
}

// SetTitle renames a document.
func (s *Store) SetTitle(ctx context.Context, doc storage.DocumentID, title string) error {
	return s.change(ctx, "set title", of(doc, storage.EventTitle),
		`UPDATE documents SET title = ?2, title_folded = ?3 WHERE document_id = ?1 AND title <> ?2`, storage.Text(title), storage.Fold(title))
}

// TrashDocument puts a document into the trash.
func (s *Store) TrashDocument(ctx context.Context, doc storage.DocumentID, by storage.UserID, at time.Time) error {
	return s.change(ctx, "trash document", of(doc, storage.EventTrashed), `UPDATE documents SET trashed_at = ?2, trashed_by = ?3 WHERE document_id = ?1 AND trashed_at = 0`,
		storage.ToUnix(at), string(by))
}

// RestoreDocument takes a document out of the trash.
func (s *Store) RestoreDocument(ctx context.Context, doc storage.DocumentID) error {
	return s.change(ctx, "restore document", of(doc, storage.EventRestored),
		`UPDATE documents SET trashed_at = 0, trashed_by = '' WHERE document_id = ?1 AND trashed_at <> 0`)
}

// DeleteDocument removes everything but the tombstone.
func (s *Store) DeleteDocument(ctx context.Context, doc storage.DocumentID, at time.Time) error {
	return s.write(ctx, "delete document doc="+string(doc), func(t *tx) error {
		if err := live(t.ctx, t.Tx, doc); err != nil {
			return err
		}
		for _, table := range []string{"heads", "ops", "snapshots", "grants", "group_grants", "links", "invitations", "access_requests"} {
			if _, err := t.exec(`DELETE FROM `+table+` WHERE document_id = ?1`, string(doc)); err != nil {
				return err
			}
		}
		t.tell(of(doc, storage.EventDeleted))
		_, err := t.exec(`UPDATE documents SET title = '', title_folded = '', preview = '', owner_id = '', application = '', created_at = 0, trashed_at = 0,
			trashed_by = '', reach_role = '', reach_since = 0, offered_to = '', offered_by = '', offered_then = '', offered_at = 0, deleted_at = ?2 WHERE document_id = ?1`, string(doc), max(storage.ToUnix(at), 1))
		return err
	})
}

// TrashedBefore lists documents that were put into the trash before a time, oldest first.
func (s *Store) TrashedBefore(ctx context.Context, before time.Time, limit int) (ids []storage.DocumentID, err error) {
	err = s.read(ctx, "trashed before", func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT document_id FROM documents WHERE trashed_at <> 0 AND trashed_at < ?1
			ORDER BY trashed_at, document_id LIMIT ?2`, storage.ToUnix(before), limit)
		ids, err = collect(rows, err, func(id *storage.DocumentID) []any { return []any{id} })
		return err
	})
	return ids, err
}

// OwnedBytes returns the bytes of the logs of all documents that user owns (Document.Owner).
func (s *Store) OwnedBytes(ctx context.Context, user storage.UserID) (sum int64, err error) {
	err = s.read(ctx, "owned bytes", func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT coalesce(sum(h.bytes), 0) FROM documents d JOIN heads h USING (document_id)
			WHERE d.owner_id = ?1 AND d.deleted_at = 0`, string(user)).Scan(&sum)
	})
	return sum, err
}

// ApplicationBytes returns the bytes of the logs of an application's documents.
func (s *Store) ApplicationBytes(ctx context.Context, application string) (sum int64, err error) {
	err = s.read(ctx, "application bytes", func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT coalesce(sum(h.bytes), 0) FROM documents d JOIN heads h USING (document_id)
			WHERE d.application = ?1 AND d.application <> '' AND d.deleted_at = 0`, storage.Text(application)).Scan(&sum)
	})
	return sum, err
}
