package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
	"quire/storage/tables"
)

// CreateLink stores l.
func (s *Store) CreateLink(ctx context.Context, l storage.Link) error {
	return s.write(ctx, "create link doc="+string(l.Document), func(tx *writing) error {
		if err := hold(ctx, tx, l.Document); err != nil {
			return err
		}
		if err := room(ctx, tx, tables.LinkRoom, id(l.Document)); err != nil {
			return err
		}
		tx.tellOf(storage.EventMembers, l.Document)
		_, err := tx.Exec(ctx, `INSERT INTO links (`+tables.LinkColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			id(l.ID), blob(l.TokenHash), id(l.Document), id(l.Role), id(l.CreatedBy), storage.ToUnix(l.CreatedAt), storage.ToUnix(l.ExpiresAt), id(l.Token))
		return err
	})
}

// Links lists a document's links.
func (s *Store) Links(ctx context.Context, doc storage.DocumentID) ([]storage.Link, error) {
	return all(ctx, s, "links doc="+string(doc), tables.LinkFields, `SELECT `+tables.LinkColumns+` FROM links WHERE document_id = $1 ORDER BY created_at, link_id`, id(doc))
}

// LinkByToken returns the link whose token has that hash.
func (s *Store) LinkByToken(ctx context.Context, tokenHash []byte) (l storage.Link, err error) {
	err = s.one(ctx, "link by token", tables.LinkFields(&l), `SELECT `+tables.LinkColumns+` FROM links WHERE token_hash = $1`, blob(tokenHash))
	return l, err
}

// DeleteLink deletes a link.
func (s *Store) DeleteLink(ctx context.Context, doc storage.DocumentID, link string) error {
	return s.mustChange(ctx, "delete link", of(doc, storage.EventMembers), `DELETE FROM links WHERE document_id = $1 AND link_id = $2`, id(link))
}

// SetLinkExpiry sets when a link expires.
func (s *Store) SetLinkExpiry(ctx context.Context, doc storage.DocumentID, link string, expires time.Time) (l storage.Link, err error) {
	err = s.write(ctx, "set link expiry doc="+string(doc), func(tx *writing) error {
		if err := hold(ctx, tx, doc); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `UPDATE links SET expires_at = $3 WHERE document_id = $1 AND link_id = $2 AND expires_at <> $3`,
			id(doc), id(link), storage.ToUnix(expires))
		if err != nil {
			return err
		}
		if tag.RowsAffected() > 0 {
			tx.tellOf(storage.EventMembers, doc)
		}
		err = tx.QueryRow(ctx, `SELECT `+tables.LinkColumns+` FROM links WHERE document_id = $1 AND link_id = $2`, id(doc), id(link)).Scan(tables.LinkFields(&l)...)
		if errors.Is(err, pgx.ErrNoRows) {
			return storage.ErrNotFound
		}
		return err
	})
	if err != nil {
		return storage.Link{}, err
	}
	return l, nil
}
