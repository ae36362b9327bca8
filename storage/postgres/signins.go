package postgres

import (
	"context"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// CreateSignIn stores si.
func (s *Store) CreateSignIn(ctx context.Context, si storage.SignIn) error {
	return s.mustExec(ctx, "create sign-in user="+string(si.User), `INSERT INTO sign_ins
		(sign_in_id, token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent)
		SELECT $1, $2, user_id, $4, $5, $6, $7, $8 FROM users WHERE user_id = $3 AND deleted_at = 0 FOR SHARE`, id(si.ID), blob(si.TokenHash), id(si.User),
		storage.ToUnix(si.CreatedAt), storage.ToUnix(si.LastSeenAt), storage.ToUnix(si.ExpiresAt), storage.Text(si.Address), storage.Text(si.UserAgent))
}

// SignIn returns a sign-in that has not expired at now.
func (s *Store) SignIn(ctx context.Context, signIn string, now time.Time) (si storage.SignIn, err error) {
	err = s.one(ctx, "sign-in", tables.SignInFields(&si), `SELECT `+tables.SignInColumns+` FROM sign_ins s WHERE sign_in_id = $1 AND expires_at > $2`, id(signIn), storage.ToUnix(now))
	return si, err
}

const signInSQL = `SELECT ` + tables.SignInColumns + `, ` + tables.UserColumns + ` FROM sign_ins s JOIN users u USING (user_id)
	WHERE s.token_hash = $1 AND s.expires_at > $2`

// SignInByToken returns the sign-in whose token has that hash, and its user.
func (s *Store) SignInByToken(ctx context.Context, tokenHash []byte, now time.Time) (si storage.SignIn, u storage.User, err error) {
	err = s.one(ctx, "sign-in by token", append(tables.SignInFields(&si), tables.UserFields(&u)...), signInSQL, blob(tokenHash), storage.ToUnix(now))
	return si, u, err
}

// SignIns lists user's sign-ins, newest first.
func (s *Store) SignIns(ctx context.Context, user storage.UserID, now time.Time) ([]storage.SignIn, error) {
	return all(ctx, s, "sign-ins user="+string(user), tables.SignInFields, `SELECT `+tables.SignInColumns+` FROM sign_ins s
		WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, sign_in_id`, id(user), storage.ToUnix(now))
}

// TouchSignIn sets when a sign-in was last used and when it expires.
func (s *Store) TouchSignIn(ctx context.Context, signIn string, seen, expires time.Time) error {
	return s.mustExec(ctx, "touch sign-in", `UPDATE sign_ins SET last_seen_at = $2, expires_at = $3 WHERE sign_in_id = $1`,
		id(signIn), storage.ToUnix(seen), storage.ToUnix(expires))
}

// DeleteSignIn deletes a sign-in of user's.
func (s *Store) DeleteSignIn(ctx context.Context, user storage.UserID, signIn string) error {
	return s.write(ctx, "delete sign-in user="+string(user), func(tx *writing) error {
		tx.tell(storage.EachID(storage.EventSignIn, []string{signIn})...)
		return must(tx.Exec(ctx, `DELETE FROM sign_ins WHERE user_id = $1 AND sign_in_id = $2`, id(user), id(signIn)))
	})
}

// DeleteSignIns deletes all of user's sign-ins but except, and returns their ids.
func (s *Store) DeleteSignIns(ctx context.Context, user storage.UserID, except string) (ended []string, err error) {
	err = s.write(ctx, "delete sign-ins user="+string(user), func(tx *writing) error {
		ended, err = column[string](ctx, tx, `DELETE FROM sign_ins WHERE user_id = $1 AND sign_in_id <> $2 RETURNING sign_in_id`, id(user), id(except))
		tx.tell(storage.EachID(storage.EventSignIn, ended)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// DeleteExpiredSignIns deletes sign-ins that have expired at now.
func (s *Store) DeleteExpiredSignIns(ctx context.Context, now time.Time) (int, error) {
	n, err := s.exec(ctx, "delete expired sign-ins", `DELETE FROM sign_ins WHERE expires_at <= $1`, storage.ToUnix(now))
	return int(n), err
}
