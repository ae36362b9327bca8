package sqlite

import (
	"context"
	"database/sql"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// CreateSignIn stores si.
func (s *Store) CreateSignIn(ctx context.Context, si storage.SignIn) error {
	return s.write(ctx, "create sign-in user="+string(si.User), func(t *tx) error {
		return t.must(`INSERT INTO sign_ins (sign_in_id, token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent)
			SELECT ?1, ?2, user_id, ?4, ?5, ?6, ?7, ?8 FROM users WHERE user_id = ?3 AND deleted_at = 0`, si.ID, blob(si.TokenHash), string(si.User),
			storage.ToUnix(si.CreatedAt), storage.ToUnix(si.LastSeenAt), storage.ToUnix(si.ExpiresAt), storage.Text(si.Address), storage.Text(si.UserAgent))
	})
}

// SignIn returns a sign-in that has not expired at now.
func (s *Store) SignIn(ctx context.Context, id string, now time.Time) (si storage.SignIn, err error) {
	err = s.read(ctx, "sign-in", func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT `+tables.SignInColumns+` FROM sign_ins s WHERE sign_in_id = ?1 AND expires_at > ?2`, id, storage.ToUnix(now)).Scan(tables.SignInFields(&si)...)
	})
	return si, err
}

const signInSQL = `SELECT ` + tables.SignInColumns + `, ` + tables.UserColumns + ` FROM sign_ins s JOIN users u USING (user_id)
	WHERE s.token_hash = ?1 AND s.expires_at > ?2`

// SignInByToken returns the sign-in whose token has that hash, and its user.
func (s *Store) SignInByToken(ctx context.Context, tokenHash []byte, now time.Time) (si storage.SignIn, u storage.User, err error) {
	err = s.read(ctx, "sign-in by token", func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, signInSQL, blob(tokenHash), storage.ToUnix(now)).Scan(append(tables.SignInFields(&si), tables.UserFields(&u)...)...)
	})
	return si, u, err
}

// SignIns lists user's sign-ins, newest first.
func (s *Store) SignIns(ctx context.Context, user storage.UserID, now time.Time) (all []storage.SignIn, err error) {
	err = s.read(ctx, "sign-ins user="+string(user), func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT `+tables.SignInColumns+` FROM sign_ins s WHERE user_id = ?1 AND expires_at > ?2
			ORDER BY created_at DESC, sign_in_id`, string(user), storage.ToUnix(now))
		all, err = collect(rows, err, tables.SignInFields)
		return err
	})
	return all, err
}

// TouchSignIn sets when a sign-in was last used and when it expires.
func (s *Store) TouchSignIn(ctx context.Context, id string, seen, expires time.Time) error {
	return s.write(ctx, "touch sign-in", func(t *tx) error {
		return t.must(`UPDATE sign_ins SET last_seen_at = ?2, expires_at = ?3 WHERE sign_in_id = ?1`, id, storage.ToUnix(seen), storage.ToUnix(expires))
	})
}

// DeleteSignIn deletes a sign-in of user's.
func (s *Store) DeleteSignIn(ctx context.Context, user storage.UserID, id string) error {
	return s.write(ctx, "delete sign-in user="+string(user), func(t *tx) error {
		t.tell(storage.EachID(storage.EventSignIn, []string{id})...)
		return t.must(`DELETE FROM sign_ins WHERE user_id = ?1 AND sign_in_id = ?2`, string(user), id)
	})
}

// DeleteSignIns deletes all of user's sign-ins but except, and returns their ids.
func (s *Store) DeleteSignIns(ctx context.Context, user storage.UserID, except string) (ended []string, err error) {
	err = s.write(ctx, "delete sign-ins user="+string(user), func(t *tx) error {
		ended, err = column[string](t, `DELETE FROM sign_ins WHERE user_id = ?1 AND sign_in_id <> ?2 RETURNING sign_in_id`, string(user), except)
		t.tell(storage.EachID(storage.EventSignIn, ended)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// DeleteExpiredSignIns deletes sign-ins that have expired at now.
func (s *Store) DeleteExpiredSignIns(ctx context.Context, now time.Time) (int, error) {
	var n int64
	err := s.write(ctx, "delete expired sign-ins", func(t *tx) (err error) {
		n, err = t.exec(`DELETE FROM sign_ins WHERE expires_at <= ?1`, storage.ToUnix(now))
		return err
	})
	return int(n), err
}
