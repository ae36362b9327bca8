package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"quire/storage"
	"quire/storage/tables"
)

// heldRolesSQL selects every role that user ?2 holds on document ?1. It runs before the first op of every session: one
// statement, three look-ups by key. It needs no join with documents, because deleting a document deletes its grants.
var heldRolesSQL = `
SELECT role, since, via, '' AS group_id FROM grants WHERE document_id = ?1 AND user_id = ?2 AND ` + counting(`?2`) + `
UNION ALL
SELECT p.role, p.since, 'group', p.group_id FROM group_grants p JOIN group_members m USING (group_id)
	WHERE p.document_id = ?1 AND m.user_id = ?2 AND ` + counting(`?2`) + `
UNION ALL
SELECT d.reach_role, d.reach_since, 'reach', '' FROM documents d, users u
	WHERE d.document_id = ?1 AND d.reach_role <> '' AND u.user_id = ?2 AND u.email_folded IS NOT NULL AND NOT u.guest`

func heldRoleFields(w *storage.HeldRole) []any { return []any{&w.Role, &w.Since, &w.Via, &w.Group} }

func heldRolesOf(ctx context.Context, q *sql.Tx, doc storage.DocumentID, user storage.UserID) ([]storage.HeldRole, error) {
	rows, err := q.QueryContext(ctx, heldRolesSQL, string(doc), string(user))
	return collect(rows, err, heldRoleFields)
}

// HeldRoles returns the roles that user holds on doc. It is one prepared statement, and so consistent without a transaction.
func (s *Store) HeldRoles(ctx context.Context, doc storage.DocumentID, user storage.UserID) ([]storage.HeldRole, error) {
	rows, err := s.roles.QueryContext(ctx, string(doc), string(user))
	held, err := collect(rows, err, heldRoleFields)
	if err != nil {
		return nil, s.readErr(ctx, fmt.Sprintf("held roles doc=%s user=%s", doc, user), err)
	}
	return held, nil
}

// GroupGrants lists a document's group grants.
func (s *Store) GroupGrants(ctx context.Context, doc storage.DocumentID) (grants []storage.GroupGrant, err error) {
	err = s.read(ctx, "group grants doc="+string(doc), func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT `+tables.GroupGrantColumns+` FROM group_grants WHERE document_id = ?1 ORDER BY created_at, group_id`, string(doc))
		grants, err = collect(rows, err, tables.GroupGrantFields)
		return err
	})
	return grants, err
}

// SetGroupGrant sets a group's role.
func (s *Store) SetGroupGrant(ctx context.Context, g storage.GroupGrant) (kept storage.GroupGrant, err error) {
	err = s.write(ctx, fmt.Sprintf("set group grant doc=%s group=%s", g.Document, g.Group), func(t *tx) error {
		g, err := storage.CleanGroupGrant(g)
		if err != nil {
			return err
		}
		head, err := headOf(t.ctx, t.Tx, g.Document)
		if err != nil {
			return err
		}
		if err := groupThere(t, g.Group); err != nil {
			return err
		}
		if err := t.room(tables.DocumentGroupRoom, string(g.Document), g.Group); err != nil {
			return err
		}
		changed, err := t.changed(`INSERT INTO group_grants AS p (`+tables.GroupGrantColumns+`) VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT DO UPDATE SET role = excluded.role WHERE p.role <> excluded.role`,
			string(g.Document), g.Group, g.Role, int64(head.Revision), storage.ToUnix(g.CreatedAt))
		if err != nil {
			return err
		}
		if changed {
			t.tell(storage.Event{Kind: storage.EventGroupGrant, Document: g.Document, Group: g.Group})
		}
		return t.row(`SELECT `+tables.GroupGrantColumns+` FROM group_grants WHERE document_id = ?1 AND group_id = ?2`,
			string(g.Document), g.Group).Scan(tables.GroupGrantFields(&kept)...)
	})
	if err != nil {
		return storage.GroupGrant{}, err
	}
	return kept, nil
}

// RemoveGroupGrant deletes a group's grant.
func (s *Store) RemoveGroupGrant(ctx context.Context, doc storage.DocumentID, group string) error {
	return s.mustChange(ctx, "remove group grant", storage.Event{Kind: storage.EventGroupGrant, Document: doc, Group: group},
		`DELETE FROM group_grants WHERE document_id = ?1 AND group_id = ?2`, group)
}

// Reach returns the role that every account has on doc.
func (s *Store) Reach(ctx context.Context, doc storage.DocumentID) (r storage.AccountReach, err error) {
	err = s.read(ctx, "reach doc="+string(doc), func(q *sql.Tx) error {
		err := q.QueryRowContext(ctx, `SELECT reach_role, reach_since FROM documents WHERE document_id = ?1`, string(doc)).Scan(&r.Role, &r.Since)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return r, err
}

// SetReach sets the role that every account has on doc.
func (s *Store) SetReach(ctx context.Context, doc storage.DocumentID, role string) (r storage.AccountReach, err error) {
	err = s.write(ctx, "set reach doc="+string(doc), func(t *tx) error {
		if err := storage.CheckReach(role); err != nil {
			return err
		}
		head, err := headOf(t.ctx, t.Tx, doc)
		if err != nil {
			return err
		}
		changed, err := t.changed(`UPDATE documents SET reach_role = ?2,
				reach_since = CASE WHEN ?2 = '' THEN 0 WHEN reach_role = '' THEN ?3 ELSE reach_since END
			WHERE document_id = ?1 AND reach_role <> ?2`, string(doc), role, int64(head.Revision))
		if err != nil {
			return err
		}
		if changed {
			t.tellOf(storage.EventReach, doc)
		}
		return t.row(`SELECT reach_role, reach_since FROM documents WHERE document_id = ?1`, string(doc)).Scan(&r.Role, &r.Since)
	})
	if err != nil {
		return storage.AccountReach{}, err
	}
	return r, nil
}

// SoleOwned lists the documents that user is the only owner of.
func (s *Store) SoleOwned(ctx context.Context, user storage.UserID) (list []storage.SoleOwned, err error) {
	err = s.read(ctx, "sole owned user="+string(user), func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT g.document_id, d.reach_role <> ''
				OR EXISTS (SELECT 1 FROM grants o WHERE o.document_id = g.document_id AND o.user_id <> ?1 AND `+counting(`o.user_id`)+`)
				OR EXISTS (SELECT 1 FROM group_grants p WHERE p.document_id = g.document_id)
			FROM grants g JOIN documents d USING (document_id)
			WHERE g.user_id = ?1 AND `+soleOwner+`
			ORDER BY g.document_id`, string(user))
		list, err = collect(rows, err, func(o *storage.SoleOwned) []any { return []any{&o.Document, &o.Others} })
		return err
	})
	return list, err
}

// soleOwner is the condition that grant g is that of the only owner of document d.
var soleOwner = `g.role = 'owner' AND d.application = '' AND ` + counting(`g.user_id`) + ` AND NOT EXISTS (SELECT 1 FROM grants o
	WHERE o.document_id = g.document_id AND o.user_id <> g.user_id AND o.role = 'owner' AND ` + counting(`o.user_id`) + `)`
