package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quire/storage"
	"quire/storage/tables"
)

// peopleSQL selects a page of users after a name and id ($1, $2). It counts documents and bytes for those on the page only.
const peopleSQL = `SELECT ` + tables.UserColumns + `, owned.documents, owned.bytes, seen.at
	FROM (SELECT * FROM users u WHERE (u.name_folded, u.user_id) > ($1, $2) AND u.deleted_at = 0
			AND ($3 OR u.email_folded IS NOT NULL AND NOT u.guest) AND (strpos(u.name_folded, $4) > 0 OR strpos(u.email_folded, $4) > 0)
		ORDER BY u.name_folded, u.user_id LIMIT $5) u,
	LATERAL (SELECT count(*) AS documents, coalesce(sum(h.bytes), 0)::bigint AS bytes FROM documents d JOIN heads h USING (document_id)
		WHERE d.owner_id = u.user_id AND d.deleted_at = 0) owned,
	LATERAL (SELECT coalesce(max(last_seen_at), 0) AS at FROM sign_ins s WHERE s.user_id = u.user_id) seen
	ORDER BY u.name_folded, u.user_id`

// ListPeople returns a page of users.
func (s *Store) ListPeople(ctx context.Context, q storage.PersonQuery) ([]storage.PersonListed, error) {
	if q.AfterID == "" {
		q.AfterName = ""
	}
	return all(ctx, s, "list people", func(p *storage.PersonListed) []any {
		return append(tables.UserFields(&p.User), &p.Documents, &p.Bytes, (*tables.Unix)(&p.LastSeenAt))
	}, peopleSQL, storage.Text(q.AfterName), id(q.AfterID), q.Guests, storage.Fold(q.Text), max(q.Limit, 0))
}

// Totals counts what the installation holds.
func (s *Store) Totals(ctx context.Context) (n storage.Totals, err error) {
	err = s.one(ctx, "totals", []any{&n.Accounts, &n.Guests, &n.Documents, &n.Trashed, &n.Ops, &n.Bytes}, `SELECT people.*, documents,
			(SELECT count(*) FROM documents WHERE trashed_at <> 0), ops, bytes
		FROM (SELECT count(*) FILTER (WHERE email_folded IS NOT NULL AND NOT guest) AS accounts,
			count(*) FILTER (WHERE email_folded IS NULL OR guest) AS guests FROM users WHERE deleted_at = 0) people,
		(SELECT count(*) AS documents, coalesce(sum(revision), 0)::bigint AS ops, coalesce(sum(bytes), 0)::bigint AS bytes FROM heads) logs`)
	return n, err
}

// SetPicture stores a person's picture, or removes it if body is empty.
func (s *Store) SetPicture(ctx context.Context, user storage.UserID, contentType string, body []byte, version string) error {
	return s.write(ctx, "set picture user="+string(user), func(tx *writing) error {
		if err := storage.CheckPicture(body, version); err != nil {
			return err
		}
		if len(body) == 0 {
			version = ""
		}
		was := storage.User{ID: user}
		err := tx.QueryRow(ctx, `SELECT picture FROM users WHERE user_id = $1 AND deleted_at = 0 FOR NO KEY UPDATE`, id(user)).Scan(&was.Picture)
		if errors.Is(err, pgx.ErrNoRows) {
			return storage.ErrNotFound
		} else if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE users SET picture = $2 WHERE user_id = $1`, id(user), storage.Text(version)); err != nil {
			return err
		}
		tx.tell(storage.PersonEvents(was, storage.User{ID: user, Picture: storage.Text(version)})...)
		if len(body) == 0 {
			_, err := tx.Exec(ctx, `DELETE FROM pictures WHERE user_id = $1`, id(user))
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO pictures (user_id, content_type, body) VALUES ($1, $2, $3)
			ON CONFLICT (user_id) DO UPDATE SET content_type = excluded.content_type, body = excluded.body`, id(user), storage.Text(contentType), body)
		return err
	})
}

// Picture returns a person's picture.
func (s *Store) Picture(ctx context.Context, user storage.UserID) (contentType string, body []byte, version string, err error) {
	err = s.one(ctx, "picture user="+string(user), []any{&contentType, &body, &version},
		`SELECT p.content_type, p.body, u.picture FROM pictures p JOIN users u USING (user_id) WHERE user_id = $1`, id(user))
	return contentType, body, version, err
}

// foldNames fills in name_folded for users stored before that column existed: SQL cannot fold as Go does.
func (s *Store) foldNames(ctx context.Context) error {
	for {
		users, err := all(ctx, s, "names not folded", func(u *storage.User) []any { return []any{&u.ID, &u.Name} },
			`SELECT user_id, name FROM users WHERE name_folded IS NULL ORDER BY user_id LIMIT 500`)
		if err != nil || len(users) == 0 {
			return err
		}
		ids, folded := make([]string, len(users)), make([]string, len(users))
		for i, u := range users {
			ids[i], folded[i] = string(u.ID), storage.Fold(u.Name)
		}
		if _, err := s.exec(ctx, "fold names", `UPDATE users u SET name_folded = f.folded FROM unnest($1::text[], $2::text[]) AS f (user_id, folded)
			WHERE u.user_id = f.user_id AND u.name_folded IS NULL`, ids, folded); err != nil {
			return fmt.Errorf("names of users: %w", err)
		}
	}
}
