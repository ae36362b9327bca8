package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"quire/storage"
	"quire/storage/tables"
)

// folded returns an e-mail as it is compared; nil, which is stored as NULL, for none.
func folded(email string) any {
	if email == "" {
		return nil
	}
	return storage.Fold(email)
}

// CreateUser stores u.
func (s *Store) CreateUser(ctx context.Context, u storage.User) error {
	return s.write(ctx, "create user id="+string(u.ID), func(t *tx) error { return createUser(t, u) })
}

func createUser(t *tx, u storage.User) error {
	if err := storage.CheckUser(u); err != nil {
		return err
	}
	u = storage.NewUser(u)
	_, err := t.exec(`INSERT INTO users (user_id, email, email_folded, name, name_folded, color, password_hash, guest, admin, issuer, subject,
			created_at, verified_at, quota, known_at, suspended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)`,
		string(u.ID), u.Email, folded(u.Email), u.Name, storage.Fold(u.Name), u.Color, u.PasswordHash, u.Guest, u.Admin, u.Issuer, u.Subject,
		storage.ToUnix(u.CreatedAt), storage.ToUnix(u.VerifiedAt), u.Quota, storage.ToUnix(u.KnownAt), storage.ToUnix(u.SuspendedAt))
	return err
}

// CreateFirstUser stores u if there is no account yet.
func (s *Store) CreateFirstUser(ctx context.Context, u storage.User) error {
	return s.write(ctx, "create first user", func(t *tx) error {
		if u.Email == "" {
			return fmt.Errorf("%w: without an e-mail", storage.ErrInvalid)
		}
		has, err := hasAccounts(t.ctx, t.Tx)
		if err != nil {
			return err
		}
		if has {
			return storage.ErrExists
		}
		return createUser(t, u)
	})
}

func hasAccounts(ctx context.Context, q *sql.Tx) (has bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE email_folded IS NOT NULL)`).Scan(&has)
	return has, err
}

// HasAccounts reports whether any user has an e-mail.
func (s *Store) HasAccounts(ctx context.Context) (has bool, err error) {
	err = s.read(ctx, "has accounts", func(q *sql.Tx) error {
		has, err = hasAccounts(ctx, q)
		return err
	})
	return has, err
}

func (s *Store) findUser(ctx context.Context, what, where string, args ...any) (u storage.User, err error) {
	err = s.read(ctx, what, func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT `+tables.UserColumns+` FROM users u WHERE `+where, args...).Scan(tables.UserFields(&u)...)
	})
	return u, err
}

// User returns a user by id.
func (s *Store) User(ctx context.Context, id storage.UserID) (storage.User, error) {
	return s.findUser(ctx, "user id="+string(id), `user_id = ?1`, string(id))
}

// UserByEmail returns a user by e-mail, whatever its case.
func (s *Store) UserByEmail(ctx context.Context, email string) (storage.User, error) {
	return s.findUser(ctx, "user by email", `email_folded = ?1`, folded(email))
}

// UserBySubject returns the user that an application's tokens name.
func (s *Store) UserBySubject(ctx context.Context, issuer, subject string) (storage.User, error) {
	return s.findUser(ctx, "user by subject", `issuer = ?1 AND subject = ?2 AND subject <> ''`, storage.Text(issuer), storage.Text(subject))
}

// Users returns those users that exist.
func (s *Store) Users(ctx context.Context, ids []storage.UserID) (users []storage.User, err error) {
	err = s.read(ctx, "users", func(q *sql.Tx) error {
		for some := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), 500) {
			args := make([]any, len(some))
			for i, id := range some {
				args[i] = string(id)
			}
			rows, err := q.QueryContext(ctx, `SELECT `+tables.UserColumns+` FROM users u WHERE user_id IN (?`+strings.Repeat(`, ?`, len(some)-1)+`)`, args...)
			found, err := collect(rows, err, tables.UserFields)
			if err != nil {
				return err
			}
			users = append(users, found...)
		}
		return nil
	})
	return users, err
}

// Accounts lists accounts whose name contains text, without deleted or suspended ones.
func (s *Store) Accounts(ctx context.Context, text string, limit int) (users []storage.User, err error) {
	err = s.read(ctx, "accounts", func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT `+tables.UserColumns+` FROM users u WHERE u.email_folded IS NOT NULL AND NOT u.guest AND u.deleted_at = 0
			AND u.suspended_at = 0 AND instr(u.name_folded, ?1) > 0 ORDER BY u.name_folded, u.user_id LIMIT ?2`, storage.Fold(text), max(limit, 0))
		users, err = collect(rows, err, tables.UserFields)
		return err
	})
	return users, err
}

// ChangeUser sets fields of a user.
func (s *Store) ChangeUser(ctx context.Context, id storage.UserID, c storage.UserChange) (u storage.User, err error) {
	err = s.write(ctx, "change user id="+string(id), func(t *tx) (err error) {
		u, err = t.changeUser(id, c)
		return err
	})
	if err != nil {
		return storage.User{}, err
	}
	return u, nil
}

func (t *tx) changeUser(id storage.UserID, c storage.UserChange) (u storage.User, err error) {
	if err := person(t.ctx, t.Tx, id); err != nil {
		return u, err
	}
	if err := t.row(`SELECT `+tables.UserColumns+` FROM users u WHERE user_id = ?1`, string(id)).Scan(tables.UserFields(&u)...); err != nil {
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
		if err := t.keepAdmin(id); err != nil {
			return u, err
		}
	}
	t.tell(storage.PersonEvents(was, u)...)
	return u, t.must(`UPDATE users SET email = ?2, email_folded = ?3, name = ?4, name_folded = ?5, color = ?6, password_hash = ?7, guest = ?8,
			admin = ?9, issuer = ?10, subject = ?11, verified_at = ?12, quota = ?13, known_at = ?14, suspended_at = ?15 WHERE user_id = ?1`,
		string(id), u.Email, folded(u.Email), u.Name, storage.Fold(u.Name), u.Color, u.PasswordHash, u.Guest, u.Admin, u.Issuer, u.Subject,
		storage.ToUnix(u.VerifiedAt), u.Quota, storage.ToUnix(u.KnownAt), storage.ToUnix(u.SuspendedAt))
}

// keepAdmin returns ErrLastAdmin if nobody but user is in charge.
func (t *tx) keepAdmin(user storage.UserID) error {
	var others bool
	if err := t.row(tables.OtherAdminSQL, string(user)).Scan(&others); err != nil {
		return err
	}
	if !others {
		return storage.ErrLastAdmin
	}
	return nil
}

// foldNames fills in name_folded for users stored before that column existed: SQL cannot fold as Go does.
func (s *Store) foldNames(ctx context.Context) error {
	for more := true; more; {
		err := s.write(ctx, "fold names", func(t *tx) error {
			rows, err := t.QueryContext(t.ctx, `SELECT user_id, name FROM users WHERE name_folded IS NULL LIMIT 500`)
			users, err := collect(rows, err, func(u *storage.User) []any { return []any{&u.ID, &u.Name} })
			if err != nil {
				return err
			}
			for _, u := range users {
				if err := t.must(`UPDATE users SET name_folded = ?2 WHERE user_id = ?1`, string(u.ID), storage.Fold(u.Name)); err != nil {
					return err
				}
			}
			more = len(users) > 0
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
