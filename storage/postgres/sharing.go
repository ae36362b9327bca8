package postgres

import (
	"context"
	"errors"
	"fmt"

	"quire/storage"
	"quire/storage/tables"
)

// heldRolesSQL selects every role that a user holds on a document; doc and user are SQL expressions. It runs before the first
// op of every session: one statement, three look-ups by key. It needs no join with documents, because deleting a document
// deletes its grants.
func heldRolesSQL(doc, user string) string {
	return `SELECT w.role, w.since, w.via, '' AS group_id FROM grants w WHERE w.document_id = ` + doc + ` AND w.user_id = ` + user + `
			AND ` + counting(user) + `
		UNION ALL
		SELECT w.role, w.since, 'group', w.group_id FROM group_grants w JOIN group_members i ON i.group_id = w.group_id AND i.user_id = ` + user + `
			WHERE w.document_id = ` + doc + ` AND ` + counting(user) + `
		UNION ALL
		SELECT w.reach_role, w.reach_since, 'reach', '' FROM documents w, users a WHERE w.document_id = ` + doc + ` AND w.reach_role <> ''
			AND a.user_id = ` + user + ` AND a.email_folded IS NOT NULL AND NOT a.guest`
}

// HeldRoles returns the roles that user holds on doc.
func (s *Store) HeldRoles(ctx context.Context, doc storage.DocumentID, user storage.UserID) ([]storage.HeldRole, error) {
	return all(ctx, s, fmt.Sprintf("held roles doc=%s user=%s", doc, user), func(w *storage.HeldRole) []any {
		return []any{&w.Role, &w.Since, &w.Via, &w.Group}
	}, heldRolesSQL(`$1`, `$2`), id(doc), id(user))
}

// GroupGrants lists a document's group grants.
func (s *Store) GroupGrants(ctx context.Context, doc storage.DocumentID) ([]storage.GroupGrant, error) {
	return all(ctx, s, "group grants doc="+string(doc), tables.GroupGrantFields,
		`SELECT `+tables.GroupGrantColumns+` FROM group_grants WHERE document_id = $1 ORDER BY created_at, group_id`, id(doc))
}

// SetGroupGrant sets a group's role.
func (s *Store) SetGroupGrant(ctx context.Context, g storage.GroupGrant) (kept storage.GroupGrant, err error) {
	err = s.write(ctx, fmt.Sprintf("set group grant doc=%s group=%s", g.Document, g.Group), func(tx *writing) error {
		g, err := storage.CleanGroupGrant(g)
		if err != nil {
			return err
		}
		if err := hold(ctx, tx, g.Document); err != nil {
			return err
		}
		if err := must(tx.Exec(ctx, `SELECT FROM groups WHERE group_id = $1 FOR KEY SHARE`, id(g.Group))); err != nil {
			return err
		}
		if err := room(ctx, tx, tables.DocumentGroupRoom, id(g.Document), id(g.Group)); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `INSERT INTO group_grants AS p (`+tables.GroupGrantColumns+`) SELECT document_id, $2, $3, revision, $4 FROM heads
			WHERE document_id = $1 ON CONFLICT (document_id, group_id) DO UPDATE SET role = excluded.role WHERE p.role <> excluded.role`,
			id(g.Document), id(g.Group), id(g.Role), storage.ToUnix(g.CreatedAt))
		if err != nil {
			return err
		}
		if tag.RowsAffected() > 0 {
			tx.tell(storage.Event{Kind: storage.EventGroupGrant, Document: g.Document, Group: g.Group})
		}
		return tx.QueryRow(ctx, `SELECT `+tables.GroupGrantColumns+` FROM group_grants WHERE document_id = $1 AND group_id = $2`,
			id(g.Document), id(g.Group)).Scan(tables.GroupGrantFields(&kept)...)
	})
	if err != nil {
		return storage.GroupGrant{}, err
	}
	return kept, nil
}

// RemoveGroupGrant deletes a group's grant.
func (s *Store) RemoveGroupGrant(ctx context.Context, doc storage.DocumentID, group string) error {
	return s.mustChange(ctx, "remove group grant", storage.Event{Kind: storage.EventGroupGrant, Document: doc, Group: group},
		`DELETE FROM group_grants WHERE document_id = $1 AND group_id = $2`, id(group))
}

// Reach returns the role that every account has on doc.
func (s *Store) Reach(ctx context.Context, doc storage.DocumentID) (r storage.AccountReach, err error) {
	err = s.one(ctx, "reach doc="+string(doc), []any{&r.Role, &r.Since}, `SELECT reach_role, reach_since FROM documents WHERE document_id = $1`, id(doc))
	if errors.Is(err, storage.ErrNotFound) {
		return storage.AccountReach{}, nil
	}
	return r, err
}

// SetReach sets the role that every account has on doc.
func (s *Store) SetReach(ctx context.Context, doc storage.DocumentID, role string) (r storage.AccountReach, err error) {
	err = s.write(ctx, "set reach doc="+string(doc), func(tx *writing) error {
		if err := storage.CheckReach(role); err != nil {
			return err
		}
		if err := hold(ctx, tx, doc); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `UPDATE documents d SET reach_role = $2,
				reach_since = CASE WHEN $2 = '' THEN 0 WHEN d.reach_role = '' THEN h.revision ELSE d.reach_since END
			FROM heads h WHERE d.document_id = $1 AND h.document_id = $1 AND d.reach_role <> $2`, id(doc), id(role))
		if err != nil {
			return err
		}
		if tag.RowsAffected() > 0 {
			tx.tellOf(storage.EventReach, doc)
		}
		return tx.QueryRow(ctx, `SELECT reach_role, reach_since FROM documents WHERE document_id = $1`, id(doc)).Scan(&r.Role, &r.Since)
	})
	if err != nil {
		return storage.AccountReach{}, err
	}
	return r, nil
}

// SoleOwned lists the documents that user is the only owner of.
func (s *Store) SoleOwned(ctx context.Context, user storage.UserID) ([]storage.SoleOwned, error) {
	return all(ctx, s, "sole owned user="+string(user), func(o *storage.SoleOwned) []any { return []any{&o.Document, &o.Others} },
		`SELECT g.document_id, d.reach_role <> ''
				OR EXISTS (SELECT FROM grants o WHERE o.document_id = g.document_id AND o.user_id <> $1 AND `+counting(`o.user_id`)+`)
				OR EXISTS (SELECT FROM group_grants p WHERE p.document_id = g.document_id)
			FROM grants g JOIN documents d USING (document_id) WHERE g.user_id = $1 AND `+soleOwner+` ORDER BY g.document_id`, id(user))
}

// soleOwner is the condition that grant g is that of the only owner of document d.
var soleOwner = `g.role = 'owner' AND d.application = '' AND ` + counting(`g.user_id`) + ` AND NOT EXISTS (SELECT FROM grants o
	WHERE o.document_id = g.document_id AND o.user_id <> g.user_id AND o.role = 'owner' AND ` + counting(`o.user_id`) + `)`
