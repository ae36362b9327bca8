package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"quire/storage"
	"quire/storage/tables"
)

func grantOf(ctx context.Context, q *sql.Tx, doc storage.DocumentID, user storage.UserID) (g storage.Grant, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+tables.GrantColumns+` FROM grants WHERE document_id = ?1 AND user_id = ?2`, string(doc), string(user)).Scan(tables.GrantFields(&g)...)
	return g, err
}

// Grant returns user's grant on doc.
func (s *Store) Grant(ctx context.Context, doc storage.DocumentID, user storage.UserID) (g storage.Grant, err error) {
	err = s.read(ctx, fmt.Sprintf("grant doc=%s user=%s", doc, user), func(q *sql.Tx) error {
		g, err = grantOf(ctx, q, doc, user)
		return err
	})
	return g, err
}

// Grants lists a document's grants.
func (s *Store) Grants(ctx context.Context, doc storage.DocumentID) (grants []storage.Grant, err error) {
	err = s.read(ctx, "grants doc="+string(doc), func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT `+tables.GrantColumns+` FROM grants WHERE document_id = ?1 ORDER BY created_at, user_id`, string(doc))
		grants, err = collect(rows, err, tables.GrantFields)
		return err
	})
	return grants, err
}

// counting returns the condition that grants of user, an SQL expression, have an effect: those of an application's people do not
// (storage.Grants).
func counting(user string) string {
	return `NOT EXISTS (SELECT 1 FROM users c WHERE c.user_id = ` + user + ` AND c.issuer <> '' AND c.email_folded IS NULL AND NOT c.guest)`
}

// keepOwner returns ErrLastOwner if the document would have no owner without user, who is one.
func keepOwner(t *tx, doc storage.DocumentID, user storage.UserID) error {
	var sole bool
	err := t.row(`SELECT EXISTS (SELECT 1 FROM grants g JOIN documents d USING (document_id)
		WHERE g.document_id = ?1 AND g.user_id = ?2 AND `+soleOwner+`)`, string(doc), string(user)).Scan(&sole)
	if err == nil && sole {
		return storage.ErrLastOwner
	}
	return err
}

// SetGrant sets a role if the role before is was.
func (s *Store) SetGrant(ctx context.Context, g storage.Grant, was string) (kept storage.Grant, err error) {
	err = s.write(ctx, fmt.Sprintf("set grant doc=%s user=%s", g.Document, g.User), func(t *tx) error {
		var changed bool
		if kept, changed, err = setGrant(t, g, was); changed {
			t.tell(storage.GrantEvent(g.Document, g.User))
		}
		return err
	})
	if err != nil {
		return storage.Grant{}, err
	}
	return kept, nil
}

// setGrant sets a role and returns whether it changed. It adds no event.
func setGrant(t *tx, g storage.Grant, was string) (kept storage.Grant, changed bool, err error) {
	if err := storage.CheckGrant(g); err != nil {
		return kept, false, err
	}
	head, err := headOf(t.ctx, t.Tx, g.Document)
	if err != nil {
		return kept, false, err
	}
	if err := notDeleted(t.ctx, t.Tx, g.User); err != nil {
		return kept, false, err
	}
	kept, err = grantOf(t.ctx, t.Tx, g.Document, g.User)
	fresh := errors.Is(err, sql.ErrNoRows)
	if err != nil && !fresh {
		return kept, false, err
	}
	if was != storage.AnyRole && was != kept.Role {
		return kept, false, fmt.Errorf("%w: it is %q", storage.ErrConflict, kept.Role)
	}
	if kept.Role == storage.RoleOwner && g.Role != storage.RoleOwner {
		if err := keepOwner(t, g.Document, g.User); err != nil {
			return kept, false, err
		}
	}
	changed = kept.Role != g.Role
	if fresh {
		kept = g
		kept.Since, kept.CreatedAt, kept.Via = head.Revision, storage.Milli(g.CreatedAt), storage.Text(g.Via)
	}
	kept.Role = g.Role
	_, err = t.exec(`INSERT INTO grants (`+tables.GrantColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET role = excluded.role`,
		string(kept.Document), string(kept.User), kept.Role, int64(kept.Since), storage.ToUnix(kept.CreatedAt), kept.Via)
	return kept, changed, err
}

// RemoveGrant takes a role away.
func (s *Store) RemoveGrant(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return s.write(ctx, fmt.Sprintf("remove grant doc=%s user=%s", doc, user), func(t *tx) error {
		if err := live(t.ctx, t.Tx, doc); err != nil {
			return err
		}
		g, err := grantOf(t.ctx, t.Tx, doc, user)
		if errors.Is(err, sql.ErrNoRows) {
			return storage.ErrNotFound
		}
		if err != nil {
			return err
		}
		if g.Role == storage.RoleOwner {
			if err := keepOwner(t, doc, user); err != nil {
				return err
			}
		}
		t.tell(storage.GrantEvent(doc, user))
		_, err = t.exec(`DELETE FROM grants WHERE document_id = ?1 AND user_id = ?2`, string(doc), string(user))
		return err
	})
}

// must runs a statement that must change a row, else ErrNotFound.
func (t *tx) must(query string, args ...any) error {
	n, err := t.exec(query, args...)
	if err == nil && n == 0 {
		return storage.ErrNotFound
	}
	return err
}
