package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// ListPeople returns a page of users.
func (s *Store) ListPeople(ctx context.Context, query storage.PersonQuery) (list []storage.PersonListed, err error) {
	if query.AfterID == "" {
		query.AfterName = ""
	}
	err = s.read(ctx, "list people", func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT `+tables.UserColumns+`,
				(SELECT count(*) FROM documents d WHERE d.owner_id = u.user_id AND d.deleted_at = 0),
				(SELECT coalesce(sum(h.bytes), 0) FROM documents d JOIN heads h USING (document_id) WHERE d.owner_id = u.user_id AND d.deleted_at = 0),
				(SELECT coalesce(max(s.last_seen_at), 0) FROM sign_ins s WHERE s.user_id = u.user_id)
			FROM users u WHERE (u.name_folded, u.user_id) > (?1, ?2) AND u.deleted_at = 0 AND (?3 OR u.email_folded IS NOT NULL AND NOT u.guest)
				AND (instr(u.name_folded, ?4) > 0 OR instr(u.email_folded, ?4) > 0)
			ORDER BY u.name_folded, u.user_id LIMIT ?5`,
			query.AfterName, string(query.AfterID), query.Guests, storage.Fold(query.Text), max(query.Limit, 0))
		list, err = collect(rows, err, func(p *storage.PersonListed) []any {
			return append(tables.UserFields(&p.User), &p.Documents, &p.Bytes, (*tables.Unix)(&p.LastSeenAt))
		})
		return err
	})
	return list, err
}

// Totals counts what the installation holds.
func (s *Store) Totals(ctx context.Context) (n storage.Totals, err error) {
	err = s.read(ctx, "totals", func(q *sql.Tx) error {
		if err := q.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE email_folded IS NOT NULL AND NOT guest),
				count(*) FILTER (WHERE email_folded IS NULL OR guest) FROM users WHERE deleted_at = 0`).Scan(&n.Accounts, &n.Guests); err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT count(*), (SELECT count(*) FROM documents WHERE trashed_at <> 0), coalesce(sum(revision), 0),
			coalesce(sum(bytes), 0) FROM heads`).Scan(&n.Documents, &n.Trashed, &n.Ops, &n.Bytes)
	})
	if err != nil {
		return storage.Totals{}, err
	}
	return n, nil
}

// SetPicture stores a person's picture, or removes it if body is empty.
func (s *Store) SetPicture(ctx context.Context, id storage.UserID, contentType string, body []byte, version string) error {
	return s.write(ctx, "set picture user="+string(id), func(t *tx) error {
		if err := storage.CheckPicture(body, version); err != nil {
			return err
		}
		was := storage.User{ID: id}
		err := t.row(`SELECT picture FROM users WHERE user_id = ?1 AND deleted_at = 0`, string(id)).Scan(&was.Picture)
		if errors.Is(err, sql.ErrNoRows) {
			return storage.ErrNotFound
		} else if err != nil {
			return err
		}
		if len(body) == 0 {
			version = ""
		}
		t.tell(storage.PersonEvents(was, storage.User{ID: id, Picture: storage.Text(version)})...)
		if len(body) == 0 {
			return t.all(id, `DELETE FROM pictures WHERE user_id = ?1`, `UPDATE users SET picture = '' WHERE user_id = ?1`)
		}
		if _, err := t.exec(`INSERT INTO pictures (user_id, content_type, body) VALUES (?1, ?2, ?3)
			ON CONFLICT DO UPDATE SET content_type = excluded.content_type, body = excluded.body`,
			string(id), storage.Text(contentType), blob(body)); err != nil {
			return err
		}
		return t.must(`UPDATE users SET picture = ?2 WHERE user_id = ?1`, string(id), storage.Text(version))
	})
}

// Picture returns a person's picture.
func (s *Store) Picture(ctx context.Context, id storage.UserID) (contentType string, body []byte, version string, err error) {
	err = s.read(ctx, "picture user="+string(id), func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT p.content_type, p.body, u.picture FROM pictures p JOIN users u USING (user_id) WHERE user_id = ?1`,
			string(id)).Scan(&contentType, &body, &version)
	})
	return contentType, body, version, err
}

// DeleteUser makes a person's row anonymous.
func (s *Store) DeleteUser(ctx context.Context, id storage.UserID, at time.Time) error {
	return s.write(ctx, "delete user id="+string(id), func(t *tx) error {
		if err := person(t.ctx, t.Tx, id); err != nil {
			return err
		}
		var email sql.NullString
		var inCharge bool
		if err := t.row(`SELECT email_folded, admin AND suspended_at = 0 FROM users WHERE user_id = ?1`, string(id)).Scan(&email, &inCharge); err != nil {
			return err
		}
		if inCharge {
			if err := t.keepAdmin(id); err != nil {
				return err
			}
		}
		if err := tellDeletion(t, id, email.String); err != nil {
			return err
		}
		for _, step := range []func(*tx, storage.UserID) error{leaveDocuments, leaveGroups, dropCredentials} {
			if err := step(t, id); err != nil {
				return err
			}
		}
		if email.Valid {
			if err := dropEmail(t, id, email.String); err != nil {
				return err
			}
		}
		return t.must(`UPDATE users SET email = '', email_folded = NULL, name = '', name_folded = '', color = 0, password_hash = '', guest = false,
			admin = false, issuer = '', subject = '', verified_at = 0, picture = '', quota = 0, known_at = 0, suspended_at = 0, deleted_at = ?2 WHERE user_id = ?1`,
			string(id), max(storage.ToUnix(at), 1))
	})
}

// leaveDocuments deletes a person's grants and requests, and names other owners. ErrLastOwner if they are a document's only one.
func leaveDocuments(t *tx, id storage.UserID) error {
	var sole bool
	if err := t.row(`SELECT EXISTS (SELECT 1 FROM grants g JOIN documents d USING (document_id) WHERE g.user_id = ?1 AND `+soleOwner+`)`, string(id)).Scan(&sole); err != nil {
		return err
	}
	if sole {
		return storage.ErrLastOwner
	}
	return t.all(id, noOffer+` WHERE offered_to <> '' AND (offered_to = ?1 OR offered_by = ?1)`, `DELETE FROM grants WHERE user_id = ?1`, `DELETE FROM access_requests WHERE user_id = ?1`,
		`UPDATE documents AS d SET owner_id = coalesce((SELECT g.user_id FROM grants g WHERE g.document_id = d.document_id AND g.role = 'owner'
			AND `+counting(`g.user_id`)+` ORDER BY g.created_at, g.user_id LIMIT 1), owner_id) WHERE owner_id = ?1 AND deleted_at = 0`)
}

// leaveGroups takes a person out of all groups. A group without a manager gets one; a group without members is deleted.
func leaveGroups(t *tx, id storage.UserID) error {
	const theirs = `group_id IN (SELECT group_id FROM group_members WHERE user_id = ?1)`
	return t.all(id,
		`UPDATE group_members AS m SET manager = true WHERE `+theirs+`
			AND user_id = (SELECT o.user_id FROM group_members o WHERE o.group_id = m.group_id AND o.user_id <> ?1 ORDER BY o.created_at, o.user_id LIMIT 1)
			AND NOT EXISTS (SELECT 1 FROM group_members o WHERE o.group_id = m.group_id AND o.user_id <> ?1 AND o.manager)`,
		`DELETE FROM groups AS g WHERE `+theirs+` AND NOT EXISTS (SELECT 1 FROM group_members o WHERE o.group_id = g.group_id AND o.user_id <> ?1)`,
		`DELETE FROM group_members WHERE user_id = ?1`, `DELETE FROM group_offers WHERE user_id = ?1`)
}

// dropCredentials deletes what a person signs in with, and their picture.
func dropCredentials(t *tx, id storage.UserID) error {
	return t.all(id, `DELETE FROM sign_ins WHERE user_id = ?1`, `DELETE FROM tokens WHERE user_id = ?1`,
		`DELETE FROM codes WHERE user_id = ?1`, `DELETE FROM pictures WHERE user_id = ?1`)
}

// dropEmail removes an e-mail (folded) from invitations and the audit log.
func dropEmail(t *tx, id storage.UserID, email string) error {
	if _, err := t.exec(`DELETE FROM invitations WHERE email_folded = ?1`, email); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE audit SET subject = ?2, subject_folded = ?3 WHERE subject_folded = ?1 AND subject_folded <> ''`,
		email, string(id), storage.Fold(string(id)))
	return err
}

// all runs statements whose only argument, ?1, is a person's id.
func (t *tx) all(id storage.UserID, statements ...string) error {
	for _, statement := range statements {
		if _, err := t.exec(statement, string(id)); err != nil {
			return err
		}
	}
	return nil
}
