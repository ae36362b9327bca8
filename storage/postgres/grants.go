package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quire/storage"
	"quire/storage/tables"
)

const grantSQL = `SELECT ` + tables.GrantColumns + ` FROM grants WHERE document_id = $1 AND user_id = $2`

// Grant returns user's grant on doc.
func (s *Store) Grant(ctx context.Context, doc storage.DocumentID, user storage.UserID) (g storage.Grant, err error) {
	err = s.one(ctx, fmt.Sprintf("grant doc=%s user=%s", doc, user), tables.GrantFields(&g), grantSQL, id(doc), id(user))
	return g, err
}

// Grants lists a document's grants.
func (s *Store) Grants(ctx context.Context, doc storage.DocumentID) ([]storage.Grant, error) {
	return all(ctx, s, "grants doc="+string(doc), tables.GrantFields, `SELECT `+tables.GrantColumns+` FROM grants WHERE document_id = $1 ORDER BY created_at, user_id`, id(doc))
}

// counting returns the condition that grants of user, an SQL expression, have an effect: those of an application's people do not
// (storage.Grants). A subquery of one value is a look-up by key. NOT EXISTS would become a join, whose plan may read all users
// without an e-mail.
func counting(user string) string {
	return `coalesce((SELECT c.issuer = '' OR c.email_folded IS NOT NULL OR c.guest FROM users c WHERE c.user_id = ` + user + `), true)`
}

// keepOwner returns ErrLastOwner if the document, which tx has locked, would have no owner without user, who is one.
func keepOwner(ctx context.Context, tx pgx.Tx, doc storage.DocumentID, user storage.UserID) error {
	var owned bool
	err := tx.QueryRow(ctx, `SELECT d.application <> '' OR NOT (`+counting(`$2`)+`)
			OR EXISTS (SELECT FROM grants g WHERE g.document_id = $1 AND g.user_id <> $2 AND g.role = 'owner' AND `+counting(`g.user_id`)+`)
		FROM documents d WHERE d.document_id = $1`, id(doc), id(user)).Scan(&owned)
	if err == nil && !owned {
		return storage.ErrLastOwner
	}
	return err
}

// SetGrant sets a role if the role before is was.
func (s *Store) SetGrant(ctx context.Context, g storage.Grant, was string) (kept storage.Grant, err error) {
	err = s.write(ctx, fmt.Sprintf("set grant doc=%s user=%s", g.Document, g.User), func(tx *writing) error {
		if err := storage.CheckGrant(g); err != nil {
			return err
		}
		if err := hold(ctx, tx, g.Document); err != nil {
			return err
		}
		var changed bool
		if kept, changed, err = setGrant(ctx, tx, g, was); changed {
			tx.tell(storage.GrantEvent(g.Document, g.User))
		}
		return err
	})
	if err != nil {
		return storage.Grant{}, err
	}
	return kept, nil
}

// setGrant sets a role on a document that tx has locked, and returns whether the role changed. It adds no event.
func setGrant(ctx context.Context, tx pgx.Tx, g storage.Grant, was string) (kept storage.Grant, changed bool, err error) {
	if err := notDeleted(ctx, tx, g.User); err != nil {
		return kept, false, err
	}
	err = tx.QueryRow(ctx, grantSQL, id(g.Document), id(g.User)).Scan(tables.GrantFields(&kept)...)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return kept, false, err
	}
	if was != storage.AnyRole && was != kept.Role {
		return kept, false, fmt.Errorf("%w: it is %q", storage.ErrConflict, kept.Role)
	}
	if kept.Role == storage.RoleOwner && g.Role != storage.RoleOwner {
		if err := keepOwner(ctx, tx, g.Document, g.User); err != nil {
			return kept, false, err
		}
	}
	changed = kept.Role != id(g.Role)
	err = tx.QueryRow(ctx, `INSERT INTO grants (`+tables.GrantColumns+`) SELECT document_id, $2, $3, revision, $4, $5 FROM heads WHERE document_id = $1
		ON CONFLICT (document_id, user_id) DO UPDATE SET role = excluded.role RETURNING `+tables.GrantColumns,
		id(g.Document), id(g.User), id(g.Role), storage.ToUnix(g.CreatedAt), storage.Text(g.Via)).Scan(tables.GrantFields(&kept)...)
	return kept, changed, err
}

// RemoveGrant takes a role away.
func (s *Store) RemoveGrant(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return s.write(ctx, fmt.Sprintf("remove grant doc=%s user=%s", doc, user), func(tx *writing) error {
		if err := hold(ctx, tx, doc); err != nil {
			return err
		}
		var role string
		err := tx.QueryRow(ctx, `DELETE FROM grants WHERE document_id = $1 AND user_id = $2 RETURNING role`, id(doc), id(user)).Scan(&role)
		if errors.Is(err, pgx.ErrNoRows) {
			return storage.ErrNotFound
		}
		tx.tell(storage.GrantEvent(doc, user))
		if err == nil && role == storage.RoleOwner {
			err = keepOwner(ctx, tx, doc, user)
		}
		return err
	})
}
