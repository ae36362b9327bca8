package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"quire/storage"
	"quire/storage/tables"
)

// All transactions take locks in one order, so that they cannot deadlock: documents, groups, users, then the rows that refer to
// these. Rows of one kind are locked in the order of their ids.

// holdGroup locks a group until tx ends: nobody else can delete it or change its members. ErrNotFound if it does not exist.
func holdGroup(ctx context.Context, tx pgx.Tx, group string) error {
	return must(tx.Exec(ctx, `SELECT FROM groups WHERE group_id = $1 FOR NO KEY UPDATE`, id(group)))
}

// person locks a user against deletion until tx ends; ErrNotFound if they do not exist or are deleted.
func person(ctx context.Context, tx pgx.Tx, user storage.UserID) error {
	return must(tx.Exec(ctx, `SELECT FROM users WHERE user_id = $1 AND deleted_at = 0 FOR SHARE`, id(user)))
}

// holdPerson is person with a lock that only one transaction holds, so that what it counts of theirs stays so.
func holdPerson(ctx context.Context, tx pgx.Tx, user storage.UserID) error {
	return must(tx.Exec(ctx, `SELECT FROM users WHERE user_id = $1 AND deleted_at = 0 FOR NO KEY UPDATE`, id(user)))
}

// room returns ErrFull if there is no room for another row. tx has locked what the rows belong to.
func room(ctx context.Context, tx pgx.Tx, r tables.Room, args ...any) error {
	var n int
	if err := tx.QueryRow(ctx, r.Postgres(), args...).Scan(&n); err != nil {
		return err
	}
	if n >= r.Most {
		return storage.ErrFull
	}
	return nil
}

// notDeleted is person, but accepts a user who never existed: a grant may come before its user.
func notDeleted(ctx context.Context, tx pgx.Tx, user storage.UserID) error {
	var deleted bool
	err := tx.QueryRow(ctx, `SELECT deleted_at <> 0 FROM users WHERE user_id = $1 FOR SHARE`, id(user)).Scan(&deleted)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err == nil && deleted:
		return storage.ErrNotFound
	}
	return err
}

// CreateGroup stores g with its creator as manager.
func (s *Store) CreateGroup(ctx context.Context, g storage.Group) error {
	return s.write(ctx, "create group id="+g.ID, func(tx *writing) error {
		g, err := storage.CleanGroup(g)
		if err != nil {
			return err
		}
		if err := holdPerson(ctx, tx, g.CreatedBy); err != nil {
			return err
		}
		if err := room(ctx, tx, tables.GroupRoom, id(g.CreatedBy)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO groups (group_id, name, name_folded, created_by, created_at) VALUES ($1, $2, $3, $4, $5)`,
			id(g.ID), g.Name, storage.Fold(g.Name), id(g.CreatedBy), storage.ToUnix(g.CreatedAt)); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO group_members (group_id, user_id, manager, created_at) VALUES ($1, $2, true, $3)`,
			id(g.ID), id(g.CreatedBy), storage.ToUnix(g.CreatedAt))
		return err
	})
}

// Group returns a group.
func (s *Store) Group(ctx context.Context, group string) (g storage.Group, err error) {
	err = s.one(ctx, "group id="+group, tables.GroupFields(&g), `SELECT `+tables.GroupColumns+` FROM groups g WHERE group_id = $1`, id(group))
	return g, err
}

// Groups lists the groups that user is in, or all groups if user is "".
func (s *Store) Groups(ctx context.Context, user storage.UserID, limit int) ([]storage.GroupListed, error) {
	manager, from := `me.manager`, `group_members me JOIN groups g USING (group_id) WHERE me.user_id = $1`
	if user == "" {
		manager, from = `false`, `groups g WHERE $1 = ''`
	}
	return all(ctx, s, "groups user="+string(user), func(l *storage.GroupListed) []any {
		return append(tables.GroupFields(&l.Group), &l.Members, &l.Manager)
	}, `SELECT `+tables.GroupColumns+`, (SELECT count(*) FROM group_members m WHERE m.group_id = g.group_id), `+manager+`
		FROM `+from+` ORDER BY g.name_folded LIMIT $2`, id(user), max(limit, 0))
}

// RenameGroup changes a group's name.
func (s *Store) RenameGroup(ctx context.Context, group, name string) error {
	return s.write(ctx, "rename group id="+group, func(tx *writing) error {
		if err := holdGroup(ctx, tx, group); err != nil {
			return err
		}
		g, err := storage.CleanGroup(storage.Group{ID: group, Name: name, CreatedBy: "any"})
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `UPDATE groups SET name = $2, name_folded = $3 WHERE group_id = $1 AND name <> $2`, id(group), g.Name, storage.Fold(g.Name))
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		tx.tell(storage.GroupEvent(group))
		return nil
	})
}

// DeleteGroup removes a group with its members and grants.
func (s *Store) DeleteGroup(ctx context.Context, group string) error {
	return s.write(ctx, "delete group id="+group, func(tx *writing) error {
		if err := must(tx.Exec(ctx, `SELECT FROM groups WHERE group_id = $1 FOR UPDATE`, id(group))); err != nil {
			return err
		}
		users, err := column[storage.UserID](ctx, tx, `DELETE FROM group_members WHERE group_id = $1 RETURNING user_id`, id(group))
		if err != nil {
			return err
		}
		docs, err := column[storage.DocumentID](ctx, tx, `DELETE FROM group_grants WHERE group_id = $1 RETURNING document_id`, id(group))
		if err != nil {
			return err
		}
		tx.tell(storage.GroupEvent(group, users...))
		tx.tell(storage.EachDocument(storage.EventMembers, docs)...)
		return must(tx.Exec(ctx, `DELETE FROM groups WHERE group_id = $1`, id(group)))
	})
}

// column returns the values of a query with one column.
func column[T any](ctx context.Context, tx pgx.Tx, query string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[T])
}

// GroupMembers lists a group's members.
func (s *Store) GroupMembers(ctx context.Context, group string) ([]storage.GroupMember, error) {
	return all(ctx, s, "group members id="+group, func(m *storage.GroupMember) []any {
		return []any{&m.Group, &m.User, &m.Manager, (*tables.Unix)(&m.CreatedAt)}
	}, `SELECT group_id, user_id, manager, created_at FROM group_members WHERE group_id = $1 ORDER BY created_at, user_id`, id(group))
}

// keepManager returns ErrLastManager if the group, which tx has locked, has no manager left.
func keepManager(ctx context.Context, tx pgx.Tx, group string) error {
	var managed bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM group_members WHERE group_id = $1 AND manager)`, id(group)).Scan(&managed); err != nil {
		return err
	}
	if !managed {
		return storage.ErrLastManager
	}
	return nil
}

// SetGroupMember adds m, or changes whether they manage. It deletes an offer of a place.
func (s *Store) SetGroupMember(ctx context.Context, m storage.GroupMember) error {
	return s.write(ctx, "set group member id="+m.Group+" user="+string(m.User), func(tx *writing) error {
		if err := holdGroup(ctx, tx, m.Group); err != nil {
			return err
		}
		if err := person(ctx, tx, m.User); err != nil {
			return err
		}
		if err := room(ctx, tx, tables.MemberRoom, id(m.Group), id(m.User)); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `INSERT INTO group_members AS m (group_id, user_id, manager, created_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (group_id, user_id) DO UPDATE SET manager = excluded.manager WHERE m.manager <> excluded.manager`,
			id(m.Group), id(m.User), m.Manager, storage.ToUnix(m.CreatedAt))
		if err != nil {
			return err
		}
		if tag.RowsAffected() > 0 {
			tx.tell(storage.GroupEvent(m.Group, m.User))
		}
		if _, err := tx.Exec(ctx, `DELETE FROM group_offers WHERE group_id = $1 AND user_id = $2`, id(m.Group), id(m.User)); err != nil {
			return err
		}
		return keepManager(ctx, tx, m.Group)
	})
}

// RemoveGroupMember takes a person out of a group.
func (s *Store) RemoveGroupMember(ctx context.Context, group string, user storage.UserID) error {
	return s.write(ctx, "remove group member id="+group+" user="+string(user), func(tx *writing) error {
		if err := holdGroup(ctx, tx, group); err != nil {
			return err
		}
		if err := must(tx.Exec(ctx, `DELETE FROM group_members WHERE group_id = $1 AND user_id = $2`, id(group), id(user))); err != nil {
			return err
		}
		tx.tell(storage.GroupEvent(group, user))
		return keepManager(ctx, tx, group)
	})
}

// GroupDocuments lists the documents on which a group has a role.
func (s *Store) GroupDocuments(ctx context.Context, group string) ([]storage.DocumentID, error) {
	return all(ctx, s, "group documents id="+group, func(doc *storage.DocumentID) []any { return []any{doc} },
		`SELECT document_id FROM group_grants WHERE group_id = $1 ORDER BY document_id`, id(group))
}
