package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
	"quire/storage/tables"
)

// CreateCode stores c and deletes the oldest beyond storage.KeptCodes. The lock on the user lets concurrent calls see each other's.
func (s *Store) CreateCode(ctx context.Context, c storage.Code) error {
	return s.write(ctx, "create code user="+string(c.User), func(tx *writing) error {
		c, err := storage.CleanCode(c)
		if err != nil {
			return err
		}
		if err := holdPerson(ctx, tx, c.User); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM codes WHERE code_hash IN (SELECT code_hash FROM codes WHERE user_id = $1 AND purpose = $2
			ORDER BY created_at DESC, code_hash DESC OFFSET $3)`, id(c.User), id(c.Purpose), storage.KeptCodes-1); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO codes (`+tables.CodeColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`,
			c.Hash, id(c.Purpose), id(c.User), c.Email, storage.ToUnix(c.CreatedAt), storage.ToUnix(c.ExpiresAt))
		return err
	})
}

const codeSQL = ` FROM codes WHERE code_hash = $1 AND purpose = $2 AND expires_at > $3`

// Code returns a code without using it up.
func (s *Store) Code(ctx context.Context, hash []byte, purpose string, now time.Time) (c storage.Code, err error) {
	err = s.one(ctx, "code", tables.CodeFields(&c), `SELECT `+tables.CodeColumns+codeSQL, blob(hash), id(purpose), storage.ToUnix(now))
	return c, err
}

// UseCode uses a code up for a change to its user. Like CreateCode it locks the user before any code, so they cannot deadlock.
func (s *Store) UseCode(ctx context.Context, hash []byte, purpose string, now time.Time, c storage.UserChange) (u storage.User, err error) {
	err = s.write(ctx, "use code", func(tx *writing) error {
		var user storage.UserID
		err := tx.QueryRow(ctx, `SELECT user_id`+codeSQL, blob(hash), id(purpose), storage.ToUnix(now)).Scan(&user)
		if errors.Is(err, pgx.ErrNoRows) {
			return storage.ErrNotFound
		} else if err != nil {
			return err
		}
		if u, err = changeUser(ctx, tx, user, c); err != nil {
			return err
		}
		return must(tx.Exec(ctx, `DELETE`+codeSQL, blob(hash), id(purpose), storage.ToUnix(now)))
	})
	if err != nil {
		return storage.User{}, err
	}
	return u, nil
}

// DeleteCodes removes all of user's codes for purpose, or all if that is "".
func (s *Store) DeleteCodes(ctx context.Context, user storage.UserID, purpose string) error {
	_, err := s.exec(ctx, "delete codes user="+string(user), `DELETE FROM codes WHERE user_id = $1 AND ($2 = '' OR purpose = $2)`, id(user), id(purpose))
	return err
}

// CreateToken stores k.
func (s *Store) CreateToken(ctx context.Context, k storage.Token) error {
	return s.write(ctx, "create token user="+string(k.User), func(tx *writing) error {
		k, err := storage.CleanToken(k)
		if err != nil {
			return err
		}
		if err := holdPerson(ctx, tx, k.User); err != nil {
			return err
		}
		if err := room(ctx, tx, tables.TokenRoom, id(k.User), storage.ToUnix(k.CreatedAt)); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO tokens (token_id, token_hash, user_id, name, scope, created_at, last_used_at, expires_at, documents)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, id(k.ID), k.Hash, id(k.User), k.Name, id(k.Scope),
			storage.ToUnix(k.CreatedAt), storage.ToUnix(k.LastUsedAt), storage.ToUnix(k.ExpiresAt), id(tables.JoinIDs(k.Documents)))
		return err
	})
}

const tokenSQL = `SELECT ` + tables.TokenColumns + `, ` + tables.UserColumns + ` FROM tokens k JOIN users u USING (user_id) WHERE k.token_hash = $1 AND k.expires_at > $2`

// TokenByHash returns the token with that hash, and its user.
func (s *Store) TokenByHash(ctx context.Context, hash []byte, now time.Time) (k storage.Token, u storage.User, err error) {
	err = s.one(ctx, "token by hash", append(tables.TokenFields(&k), tables.UserFields(&u)...), tokenSQL, blob(hash), storage.ToUnix(now))
	return k, u, err
}

// Tokens lists user's tokens.
func (s *Store) Tokens(ctx context.Context, user storage.UserID, now time.Time) ([]storage.Token, error) {
	return all(ctx, s, "tokens user="+string(user), tables.TokenFields, `SELECT `+tables.TokenColumns+` FROM tokens k
		WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, token_id`, id(user), storage.ToUnix(now))
}

// TouchToken sets when a token was last used.
func (s *Store) TouchToken(ctx context.Context, token string, used time.Time) error {
	return s.mustExec(ctx, "touch token", `UPDATE tokens SET last_used_at = $2 WHERE token_id = $1`, id(token), storage.ToUnix(used))
}

// DeleteToken deletes a token of user's.
func (s *Store) DeleteToken(ctx context.Context, user storage.UserID, token string) error {
	return s.write(ctx, "delete token user="+string(user), func(tx *writing) error {
		tx.tell(storage.EachID(storage.EventToken, []string{token})...)
		return must(tx.Exec(ctx, `DELETE FROM tokens WHERE user_id = $1 AND token_id = $2`, id(user), id(token)))
	})
}

// DeleteTokens deletes all of user's tokens and returns their ids.
func (s *Store) DeleteTokens(ctx context.Context, user storage.UserID) (ended []string, err error) {
	err = s.write(ctx, "delete tokens user="+string(user), func(tx *writing) error {
		ended, err = column[string](ctx, tx, `DELETE FROM tokens WHERE user_id = $1 RETURNING token_id`, id(user))
		tx.tell(storage.EachID(storage.EventToken, ended)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// DeleteExpired deletes expired codes, tokens and invitations. Rows that are locked are left to whoever locked them or a later call.
func (s *Store) DeleteExpired(ctx context.Context, now time.Time) (int, error) {
	sum := int64(0)
	err := s.write(ctx, "delete expired", func(tx *writing) error {
		sum = 0 // a repeated transaction begins anew
		for _, sweep := range []struct {
			table, key string
			before     time.Time
		}{{"codes", "code_hash", now}, {"tokens", "token_id", now}, {"invitations", "invitation_id", now.Add(-storage.InvitationsKept)}} {
			tag, err := tx.Exec(ctx, `DELETE FROM `+sweep.table+` WHERE `+sweep.key+` IN (SELECT `+sweep.key+` FROM `+sweep.table+`
				WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)`, storage.ToUnix(sweep.before))
			if err != nil {
				return err
			}
			sum += tag.RowsAffected()
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return int(sum), nil
}
