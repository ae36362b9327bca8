package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// CreateLink stores l.
func (s *Store) CreateLink(ctx context.Context, l storage.Link) error {
	return s.write(ctx, "create link doc="+string(l.Document), func(t *tx) error {
		if err := live(t.ctx, t.Tx, l.Document); err != nil {
			return err
		}
		if err := t.room(tables.LinkRoom, string(l.Document)); err != nil {
			return err
		}
		t.tellOf(storage.EventMembers, l.Document)
		_, err := t.exec(`INSERT INTO links (`+tables.LinkColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
			l.ID, blob(l.TokenHash), string(l.Document), l.Role, string(l.CreatedBy), storage.ToUnix(l.CreatedAt),
			storage.ToUnix(l.ExpiresAt), l.Token)
		return err
	})
}

// Links lists a document's links.
func (s *Store) Links(ctx context.Context, doc storage.DocumentID) (links []storage.Link, err error) {
	err = s.read(ctx, "links doc="+string(doc), func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT `+tables.LinkColumns+` FROM links WHERE document_id = ?1 ORDER BY created_at, link_id`, string(doc))
		links, err = collect(rows, err, tables.LinkFields)
		return err
	})
	return links, err
}

// LinkByToken returns the link whose token has that hash.
func (s *Store) LinkByToken(ctx context.Context, tokenHash []byte) (l storage.Link, err error) {
	err = s.read(ctx, "link by token", func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT `+tables.LinkColumns+` FROM links WHERE token_hash = ?1`, blob(tokenHash)).Scan(tables.LinkFields(&l)...)
	})
	return l, err
}

// DeleteLink deletes a link.
func (s *Store) DeleteLink(ctx context.Context, doc storage.DocumentID, id string) error {
	return s.mustChange(ctx, "delete link", of(doc, storage.EventMembers), `DELETE FROM links WHERE document_id = ?1 AND link_id = ?2`, id)
}

// SetLinkExpiry sets when a link expires.
func (s *Store) SetLinkExpiry(ctx context.Context, doc storage.DocumentID, id string, expires time.Time) (l storage.Link, err error) {
	err = s.write(ctx, "set link expiry doc="+string(doc), func(t *tx) error {
		if err := live(t.ctx, t.Tx, doc); err != nil {
			return err
		}
		changed, err := t.changed(`UPDATE links SET expires_at = ?3 WHERE document_id = ?1 AND link_id = ?2 AND expires_at <> ?3`,
			string(doc), id, storage.ToUnix(expires))
		if changed {
			t.tellOf(storage.EventMembers, doc)
		}
		if err != nil {
			return err
		}
		err = t.row(`SELECT `+tables.LinkColumns+` FROM links WHERE document_id = ?1 AND link_id = ?2`, string(doc), id).Scan(tables.LinkFields(&l)...)
		if errors.Is(err, sql.ErrNoRows) {
			return storage.ErrNotFound
		}
		return err
	})
	if err != nil {
		return storage.Link{}, err
	}
	return l, nil
}
