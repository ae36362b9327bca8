package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"quire/storage"
	"quire/storage/tables"
)

// folded returns an e-mail as it is compared; nil, which is stored as NULL, for none.
func folded(email string) *string {
	if email == "" {
		return nil
	}
	email = storage.Fold(email)
	return &email
}

// must returns the error of a statement that must change (or find) a row; ErrNotFound if it did not.
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
	return s.write(ctx, "create user id="+string(u.ID), func(tx *writing) error { return createUser(ctx, tx, u) })
}

func createUser(ctx context.Context, e execer, u storage.User) error {
	if err := storage.CheckUser(u); err != nil {
		return err
	}
	u = storage.NewUser(u)
	_, err := e.Exec(ctx, `INSERT INTO users (user_id, email, email_folded, name, name_folded, color, password_hash, guest, admin, issuer, subject,
			created_at, verified_at, quota, known_at, suspended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		id(u.ID), u.Email, folded(u.Email), u.Name, storage.Fold(u.Name), u.Color, u.PasswordHash, u.Guest, u.Admin, u.Issuer, u.Subject,
		storage.ToUnix(u.CreatedAt), storage.ToUnix(u.VerifiedAt), u.Quota, storage.ToUnix(u.KnownAt), storage.ToUnix(u.SuspendedAt))
	return err
}

// CreateFirstUser stores u if there is no account yet. Its lock makes every other new user wait, but only once in a database's
// life.
func (s *Store) CreateFirstUser(ctx context.Context, u storage.User) error {
	return s.write(ctx, "create first user", func(tx *writing) error {
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
	err = s.one(ctx, what, tables.UserFields(&u), `SELECT `+tables.UserColumns+` FROM users u WHERE `+where, args...)
	return u, err
}

// User returns a user by id.
func (s *Store) User(ctx context.Context, user storage.UserID) (storage.User, error) {
	return s.findUser(ctx, "user id="+string(user), `user_id = $1`, id(user))
}

// UserByEmail returns a user by e-mail, whatever its case.
func (s *Store) UserByEmail(ctx context.Context, email string) (storage.User, error) {
	return s.findUser(ctx, "user by email", `email_folded = $1`, folded(email))
}

// UserBySubject returns the user that an application's tokens name.
func (s *Store) UserBySubject(ctx context.Context, issuer, subject string) (storage.User, error) {
	return s.findUser(ctx, "user by subject", `issuer = $1 AND subject = $2 AND subject <> ''`, storage.Text(issuer), storage.Text(subject))
}

// Users returns those users that exist.
func (s *Store) Users(ctx context.Context, ids []storage.UserID) ([]storage.User, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	names := make([]string, len(ids))
	for i, user := range ids {
		names[i] = id(user)
	}
	return all(ctx, s, "users", tables.UserFields, `SELECT `+tables.UserColumns+` FROM users u WHERE user_id = ANY ($1)`, names)
}

// Accounts lists accounts whose name contains text, without deleted or suspended ones.
func (s *Store) Accounts(ctx context.Context, text string, limit int) ([]storage.User, error) {
	return all(ctx, s, "accounts", tables.UserFields, `SELECT `+tables.UserColumns+` FROM users u WHERE u.email_folded IS NOT NULL AND NOT u.guest AND u.deleted_at = 0
		AND u.suspended_at = 0 AND strpos(u.name_folded, $1) > 0 ORDER BY u.name_folded, u.user_id LIMIT $2`, storage.Fold(text), max(limit, 0))
}

// ChangeUser sets fields of a user.
func (s *Store) ChangeUser(ctx context.Context, user storage.UserID, c storage.UserChange) (u storage.User, err error) {
	err = s.write(ctx, "change user id="+string(user), func(tx *writing) (err error) {
		u, err = changeUser(ctx, tx, user, c)
		return err
	})
	if err != nil {
		return storage.User{}, err
	}
	return u, nil
}

// holdAdmins makes calls that could depose an administrator wait for each other until tx ends. It comes before the locks on users
// (groups.go).
func holdAdmins(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, adminsLock)
	return err
}

const adminsLock = 0x71756972_61646d69 // "quiradmi"

// keepAdmin returns ErrLastAdmin if nobody but user is in charge. tx has called holdAdmins.
func keepAdmin(ctx context.Context, tx pgx.Tx, user storage.UserID) error {
	var others bool
	if err := tx.QueryRow(ctx, strings.ReplaceAll(tables.OtherAdminSQL, "?", "$"), id(user)).Scan(&others); err != nil {
		return err
	}
	if !others {
		return storage.ErrLastAdmin
	}
	return nil
}

func changeUser(ctx context.Context, tx *writing, user storage.UserID, c storage.UserChange) (u storage.User, err error) {
	if c.MayDepose() {
		if err := holdAdmins(ctx, tx); err != nil {
			return u, err
		}
	}
	err = tx.QueryRow(ctx, `SELECT `+tables.UserColumns+` FROM users u WHERE user_id = $1 AND deleted_at = 0 FOR NO KEY UPDATE`, id(user)).Scan(tables.UserFields(&u)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return u, storage.ErrNotFound
	}
	if err != nil {
		return u, err
	}
	if err := c.Check(u); err != nil {
		return u, err
	}
	was := u
	u = storage.CleanUser(c.Apply(u))
	if err := storage.CheckUser(u); err != nil {
		return u, err
	}
	if was.InCharge() && !u.InCharge() {
		if err := keepAdmin(ctx, tx, user); err != nil {
			return u, err
		}
	}
	tx.tell(storage.PersonEvents(was, u)...)
	return u, must(tx.Exec(ctx, `UPDATE users SET email = $2, email_folded = $3, name = $4, name_folded = $5, color = $6, password_hash = $7, guest = $8,
			admin = $9, issuer = $10, subject = $11, verified_at = $12, quota = $13, known_at = $14, suspended_at = $15 WHERE user_id = $1`,
		id(user), u.Email, folded(u.Email), u.Name, storage.Fold(u.Name), u.Color, u.PasswordHash, u.Guest, u.Admin, u.Issuer, u.Subject,
		storage.ToUnix(u.VerifiedAt), u.Quota, storage.ToUnix(u.KnownAt), storage.ToUnix(u.SuspendedAt)))
}
