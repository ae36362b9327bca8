package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"quire/storage"
	"quire/storage/tables"
)

// CreateGroup stores g with its creator as manager.
func (s *Store) CreateGroup(ctx context.Context, g storage.Group) error {
	return s.write(ctx, "create group id="+g.ID, func(t *tx) error {
		g, err := storage.CleanGroup(g)
		if err != nil {
			return err
		}
		if err := person(t.ctx, t.Tx, g.CreatedBy); err != nil {
			return err
		}
		if err := t.room(tables.GroupRoom, string(g.CreatedBy)); err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO groups (group_id, name, name_folded, created_by, created_at) VALUES (?1, ?2, ?3, ?4, ?5)`,
			g.ID, g.Name, storage.Fold(g.Name), string(g.CreatedBy), storage.ToUnix(g.CreatedAt)); err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO group_members (group_id, user_id, manager, created_at) VALUES (?1, ?2, true, ?3)`,
			g.ID, string(g.CreatedBy), storage.ToUnix(g.CreatedAt))
		return err
	})
}

// person returns ErrNotFound for a user who does not exist or is deleted.
func person(ctx context.Context, q *sql.Tx, id storage.UserID) error {
	return found(q.QueryRowContext(ctx, `SELECT 1 FROM users WHERE user_id = ?1 AND deleted_at = 0`, string(id)))
}

// notDeleted returns ErrNotFound for a deleted user. One who never existed passes: a grant may come before its user.
func notDeleted(ctx context.Context, q *sql.Tx, id storage.UserID) error {
	var deleted bool
	err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE user_id = ?1 AND deleted_at <> 0)`, string(id)).Scan(&deleted)
	if err == nil && deleted {
		return storage.ErrNotFound
	}
	return err
}

// found returns ErrNotFound if the query of row found nothing.
func found(row *sql.Row) error {
	var one int
	err := row.Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return storage.ErrNotFound
	}
	return err
}

// groupThere returns ErrNotFound if a group does not exist.
func groupThere(t *tx, id string) error {
	return found(t.row(`SELECT 1 FROM groups WHERE group_id = ?1`, id))
}

// Group returns a group.
func (s *Store) Group(ctx context.Context, id string) (g storage.Group, err error) {
	err = s.read(ctx, "group id="+id, func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT `+tables.GroupColumns+` FROM groups g WHERE group_id = ?1`, id).Scan(tables.GroupFields(&g)...)
	})
	return g, err
}

// Groups lists the groups that user is in, or all groups if user is "".
func (s *Store) Groups(ctx context.Context, user storage.UserID, limit int) (list []storage.GroupListed, err error) {
	manager, from := `me.manager`, `group_members me JOIN groups g USING (group_id) WHERE me.user_id = ?1`
	if user == "" {
		manager, from = `false`, `groups g WHERE ?1 = ''`
	}
	err = s.read(ctx, "groups user="+string(user), func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT `+tables.GroupColumns+`, (SELECT count(*) FROM group_members m WHERE m.group_id = g.group_id), `+manager+`
			FROM `+from+` ORDER BY g.name_folded LIMIT ?2`, string(user), max(limit, 0))
		list, err = collect(rows, err, func(l *storage.GroupListed) []any {
			return append(tables.GroupFields(&l.Group), &l.Members, &l.Manager)
		})
		return err
	})
	return list, err
}

// RenameGroup changes a group's name.
func (s *Store) RenameGroup(ctx context.Context, id, name string) error {
	return s.write(ctx, "rename group id="+id, func(t *tx) error {
		if err := groupThere(t, id); err != nil {
			return err
		}
		g, err := storage.CleanGroup(storage.Group{ID: id, Name: name, CreatedBy: "any"})
		if err != nil {
			return err
		}
		changed, err := t.changed(`UPDATE groups SET name = ?2, name_folded = ?3 WHERE group_id = ?1 AND name <> ?2`, id, g.Name, storage.Fold(g.Name))
		if changed && err == nil {
			t.tell(storage.GroupEvent(id))
		}
		return err
	})
}

// DeleteGroup removes a group with its members and grants.
func (s *Store) DeleteGroup(ctx context.Context, id string) error {
	return s.write(ctx, "delete group id="+id, func(t *tx) error {
		users, err := column[storage.UserID](t, `SELECT user_id FROM group_members WHERE group_id = ?1`, id)
		if err != nil {
			return err
		}
		t.tell(storage.GroupEvent(id, users...))
		if err := t.tellMembers(grantedToSQL, id); err != nil {
			return err
		}
		return t.must(`DELETE FROM groups WHERE group_id = ?1`, id)
	})
}

const grantedToSQL = `SELECT document_id FROM group_grants WHERE group_id = ?1`

// tellMembers adds a members event for each document that the query selects.
func (t *tx) tellMembers(query string, args ...any) error {
	docs, err := column[storage.DocumentID](t, query, args...)
	t.tell(storage.EachDocument(storage.EventMembers, docs)...)
	return err
}

// column returns the values of a query with one column.
func column[T any](t *tx, query string, args ...any) ([]T, error) {
	rows, err := t.QueryContext(t.ctx, query, args...)
	return collect(rows, err, func(v *T) []any { return []any{v} })
}

// GroupMembers lists a group's members.
func (s *Store) GroupMembers(ctx context.Context, id string) (members []storage.GroupMember, err error) {
	err = s.read(ctx, "group members id="+id, func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT group_id, user_id, manager, created_at FROM group_members WHERE group_id = ?1
			ORDER BY created_at, user_id`, id)
		members, err = collect(rows, err, func(m *storage.GroupMember) []any {
			return []any{&m.Group, &m.User, &m.Manager, (*tables.Unix)(&m.CreatedAt)}
		})
		return err
	})
	return members, err
}

// keepManager returns ErrLastManager if the group would have no manager without user.
func keepManager(t *tx, group string, user storage.UserID) error {
	var others bool
	if err := t.row(`SELECT EXISTS (SELECT 1 FROM group_members WHERE group_id = ?1 AND user_id <> ?2 AND manager)`,
		group, string(user)).Scan(&others); err != nil {
		return err
	}
	if !others {
		return storage.ErrLastManager
	}
	return nil
}

// manages reports whether user manages the group; ErrNotFound if they are not a member.
func manages(t *tx, group string, user storage.UserID) (manager bool, err error) {
	err = t.row(`SELECT manager FROM group_members WHERE group_id = ?1 AND user_id = ?2`, group, string(user)).Scan(&manager)
	if errors.Is(err, sql.ErrNoRows) {
		err = storage.ErrNotFound
	}
	return manager, err
}

// SetGroupMember adds m, or changes whether they manage.
func (s *Store) SetGroupMember(ctx context.Context, m storage.GroupMember) error {
	return s.write(ctx, "set group member id="+m.Group+" user="+string(m.User), func(t *tx) error {
		if err := groupThere(t, m.Group); err != nil {
			return err
		}
		if err := person(t.ctx, t.Tx, m.User); err != nil {
			return err
		}
		if err := t.room(tables.MemberRoom, m.Group, string(m.User)); err != nil {
			return err
		}
		was, err := manages(t, m.Group, m.User)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if err != nil || was != m.Manager {
			t.tell(storage.GroupEvent(m.Group, m.User))
		}
		if was && !m.Manager {
			if err := keepManager(t, m.Group, m.User); err != nil {
				return err
			}
		}
		_, err = t.exec(`INSERT INTO group_members (group_id, user_id, manager, created_at) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT DO UPDATE SET manager = excluded.manager`, m.Group, string(m.User), m.Manager, storage.ToUnix(m.CreatedAt))
		if err == nil {
			_, err = t.exec(`DELETE FROM group_offers WHERE group_id = ?1 AND user_id = ?2`, m.Group, string(m.User))
		}
		return err
	})
}

// RemoveGroupMember takes a person out of a group.
func (s *Store) RemoveGroupMember(ctx context.Context, id string, user storage.UserID) error {
	return s.write(ctx, "remove group member id="+id+" user="+string(user), func(t *tx) error {
		manager, err := manages(t, id, user)
		if err != nil {
			return err
		}
		if manager {
			if err := keepManager(t, id, user); err != nil {
				return err
			}
		}
		t.tell(storage.GroupEvent(id, user))
		return t.must(`DELETE FROM group_members WHERE group_id = ?1 AND user_id = ?2`, id, string(user))
	})
}

// GroupDocuments lists the documents on which a group has a role.
func (s *Store) GroupDocuments(ctx context.Context, id string) (ids []storage.DocumentID, err error) {
	err = s.read(ctx, "group documents id="+id, func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT document_id FROM group_grants WHERE group_id = ?1 ORDER BY document_id`, id)
		ids, err = collect(rows, err, func(id *storage.DocumentID) []any { return []any{id} })
		return err
	})
	return ids, err
}
