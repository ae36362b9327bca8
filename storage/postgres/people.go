package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"quire/storage"
)

const userColumns = `user_id, email, name, color, password_hash, guest, admin, issuer, subject, created_at`

// userFields are where userColumns go.
func userFields(u *storage.User) []any {
	return []any{&u.ID, &u.Email, &u.Name, &u.Color, &u.PasswordHash, &u.Guest, &u.Admin, &u.Issuer, &u.Subject, (*unix)(&u.CreatedAt)}
}

// folded is an e-mail as it is compared: NULL for none.
func folded(email string) *string {
	if email == "" {
		return nil
	}
	email = storage.Fold(email)
	return &email
}

// must is the outcome of a statement that has to change a row, else ErrNotFound.
func must(tag pgconn.CommandTag, err error) error {
	if err == nil && tag.RowsAffected() == 0 {
		return storage.ErrNotFound
	}
	return err
}

// execer is the pool or a transaction.
type execer interface {
	Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
}

// CreateUser stores u.
func (s *Store) CreateUser(ctx context.Context, u storage.User) error {
	return s.write(ctx, "create user id="+string(u.ID), func(tx pgx.Tx) error { return createUser(ctx, tx, u) })
}

func createUser(ctx context.Context, e execer, u storage.User) error {
	if err := storage.CheckUser(u); err != nil {
		return err
	}
	u = storage.CleanUser(u)
	_, err := e.Exec(ctx, `INSERT INTO users (`+userColumns+`, email_folded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		id(u.ID), u.Email, u.Name, u.Color, u.PasswordHash, u.Guest, u.Admin, u.Issuer, u.Subject, storage.ToUnix(u.CreatedAt), folded(u.Email))
	return err
}

// CreateFirstUser stores u if it is the first account. The lock keeps every other new user waiting, once in a database's
// life.
func (s *Store) CreateFirstUser(ctx context.Context, u storage.User) error {
	return s.write(ctx, "create first user", func(tx pgx.Tx) error {
		if u.Email == "" {
			return fmt.Errorf("%w: without an e-mail", storage.ErrInvalid)
		}
		if _, err := tx.Exec(ctx, `LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		var has bool
		if err := tx.QueryRow(ctx, hasAccountsSQL).Scan(&has); err != nil {
			return err
		}
		if has {
			return storage.ErrExists
		}
		return createUser(ctx, tx, u)
	})
}

const hasAccountsSQL = `SELECT EXISTS (SELECT FROM users WHERE email_folded IS NOT NULL)`

// HasAccounts reports whether any user has an e-mail.
func (s *Store) HasAccounts(ctx context.Context) (has bool, err error) {
	err = s.one(ctx, "has accounts", []any{&has}, hasAccountsSQL)
	return has, err
}

func (s *Store) findUser(ctx context.Context, what, where string, args ...any) (u storage.User, err error) {
	err = s.one(ctx, what, userFields(&u), `SELECT `+userColumns+` FROM users WHERE `+where, args...)
	return u, err
}

// User gives a user by id.
func (s *Store) User(ctx context.Context, user storage.UserID) (storage.User, error) {
	return s.findUser(ctx, "user id="+string(user), `user_id = $1`, id(user))
}

// UserByEmail gives a user by e-mail, whatever its case.
func (s *Store) UserByEmail(ctx context.Context, email string) (storage.User, error) {
	return s.findUser(ctx, "user by email", `email_folded = $1`, folded(email))
}

// UserBySubject gives the user that an application's tokens name.
func (s *Store) UserBySubject(ctx context.Context, issuer, subject string) (storage.User, error) {
	return s.findUser(ctx, "user by subject", `issuer = $1 AND subject = $2 AND subject <> ''`, storage.Text(issuer), storage.Text(subject))
}

// Users gives those that exist.
func (s *Store) Users(ctx context.Context, ids []storage.UserID) ([]storage.User, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	names := make([]string, len(ids))
	for i, user := range ids {
		names[i] = id(user)
	}
	return all(ctx, s, "users", userFields, `SELECT `+userColumns+` FROM users WHERE user_id = ANY ($1)`, names)
}

// ChangeUser sets fields of a user.
func (s *Store) ChangeUser(ctx context.Context, user storage.UserID, c storage.UserChange) (u storage.User, err error) {
	err = s.write(ctx, "change user id="+string(user), func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT `+userColumns+` FROM users WHERE user_id = $1 FOR NO KEY UPDATE`, id(user)).Scan(userFields(&u)...)
		if errors.Is(err, pgx.ErrNoRows) {
			return storage.ErrNotFound
		}
		if err != nil {
			return err
		}
		u = storage.CleanUser(c.Apply(u))
		return must(tx.Exec(ctx, `UPDATE users SET email = $2, email_folded = $3, name = $4, color = $5, password_hash = $6, guest = $7, admin = $8
			WHERE user_id = $1`, id(user), u.Email, folded(u.Email), u.Name, u.Color, u.PasswordHash, u.Guest, u.Admin))
	})
	if err != nil {
		return storage.User{}, err
	}
	return u, nil
}

const signInColumns = `s.sign_in_id, s.token_hash, s.user_id, s.created_at, s.last_seen_at, s.expires_at, s.address, s.user_agent`

// signInFields are where signInColumns go.
func signInFields(si *storage.SignIn) []any {
	return []any{&si.ID, &si.TokenHash, &si.User, (*unix)(&si.CreatedAt), (*unix)(&si.LastSeenAt), (*unix)(&si.ExpiresAt), &si.Address, &si.UserAgent}
}

// mustExec is exec of a statement that has to change a row, else ErrNotFound.
func (s *Store) mustExec(ctx context.Context, what, query string, args ...any) error {
	n, err := s.exec(ctx, what, query, args...)
	if err == nil && n == 0 {
		return fmt.Errorf("postgres: %s: %w", what, storage.ErrNotFound)
	}
	return err
}

// CreateSignIn stores si.
func (s *Store) CreateSignIn(ctx context.Context, si storage.SignIn) error {
	return s.mustExec(ctx, "create sign-in user="+string(si.User), `INSERT INTO sign_ins
		(sign_in_id, token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent)
		SELECT $1, $2, user_id, $4, $5, $6, $7, $8 FROM users WHERE user_id = $3`, id(si.ID), blob(si.TokenHash), id(si.User),
		storage.ToUnix(si.CreatedAt), storage.ToUnix(si.LastSeenAt), storage.ToUnix(si.ExpiresAt), storage.Text(si.Address), storage.Text(si.UserAgent))
}

// SignIn gives one by id.
func (s *Store) SignIn(ctx context.Context, signIn string, now time.Time) (si storage.SignIn, err error) {
	err = s.one(ctx, "sign-in", signInFields(&si), `SELECT `+signInColumns+` FROM sign_ins s WHERE sign_in_id = $1 AND expires_at > $2`, id(signIn), storage.ToUnix(now))
	return si, err
}

// SignInByToken gives one by its hash, and its user.
func (s *Store) SignInByToken(ctx context.Context, tokenHash []byte, now time.Time) (si storage.SignIn, u storage.User, err error) {
	err = s.one(ctx, "sign-in by token", append(signInFields(&si), userFields(&u)...), `SELECT `+signInColumns+`,
			u.user_id, u.email, u.name, u.color, u.password_hash, u.guest, u.admin, u.issuer, u.subject, u.created_at
		FROM sign_ins s JOIN users u USING (user_id) WHERE s.token_hash = $1 AND s.expires_at > $2`, blob(tokenHash), storage.ToUnix(now))
	return si, u, err
}

// SignIns lists a user's.
func (s *Store) SignIns(ctx context.Context, user storage.UserID, now time.Time) ([]storage.SignIn, error) {
	return all(ctx, s, "sign-ins user="+string(user), signInFields, `SELECT `+signInColumns+` FROM sign_ins s
		WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, sign_in_id`, id(user), storage.ToUnix(now))
}

// TouchSignIn notes that it was used.
func (s *Store) TouchSignIn(ctx context.Context, signIn string, seen, expires time.Time) error {
	return s.mustExec(ctx, "touch sign-in", `UPDATE sign_ins SET last_seen_at = $2, expires_at = $3 WHERE sign_in_id = $1`,
		id(signIn), storage.ToUnix(seen), storage.ToUnix(expires))
}

// DeleteSignIn ends one of user's.
func (s *Store) DeleteSignIn(ctx context.Context, user storage.UserID, signIn string) error {
	return s.mustExec(ctx, "delete sign-in user="+string(user), `DELETE FROM sign_ins WHERE user_id = $1 AND sign_in_id = $2`, id(user), id(signIn))
}

// DeleteSignIns ends all of user's but one.
func (s *Store) DeleteSignIns(ctx context.Context, user storage.UserID, except string) (ended []string, err error) {
	err = s.write(ctx, "delete sign-ins user="+string(user), func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `DELETE FROM sign_ins WHERE user_id = $1 AND sign_in_id <> $2 RETURNING sign_in_id`, id(user), id(except))
		if err == nil {
			ended, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// DeleteExpiredSignIns removes what expired.
func (s *Store) DeleteExpiredSignIns(ctx context.Context, now time.Time) (int, error) {
	n, err := s.exec(ctx, "delete expired sign-ins", `DELETE FROM sign_ins WHERE expires_at <= $1`, storage.ToUnix(now))
	return int(n), err
}

// Setting gives a value.
func (s *Store) Setting(ctx context.Context, key string) (value []byte, err error) {
	err = s.one(ctx, fmt.Sprintf("setting %q", key), []any{&value}, `SELECT value FROM settings WHERE key = $1`, storage.Text(key))
	if err != nil {
		return nil, err
	}
	return blob(value), nil // an empty one is not none
}

// SetSetting stores value if it still is was.
func (s *Store) SetSetting(ctx context.Context, key string, value, was []byte) error {
	what, name := fmt.Sprintf("set setting %q", key), storage.Text(key)
	n, err := int64(0), error(nil)
	switch {
	case was == nil && value == nil:
		err = s.one(ctx, what, []any{&n}, `SELECT 1 - count(*) FROM settings WHERE key = $1`, name)
	case was == nil:
		n, err = s.exec(ctx, what, `INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, value)
	case value == nil:
		n, err = s.exec(ctx, what, `DELETE FROM settings WHERE key = $1 AND value = $2`, name, was)
	default:
		n, err = s.exec(ctx, what, `UPDATE settings SET value = $2 WHERE key = $1 AND value = $3`, name, value, was)
	}
	if err == nil && n == 0 {
		return fmt.Errorf("postgres: %s: %w", what, storage.ErrConflict)
	}
	return err
}
