package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// CreateCode stores c and deletes the user's oldest beyond storage.KeptCodes.
func (s *Store) CreateCode(ctx context.Context, c storage.Code) error {
	return s.write(ctx, "create code user="+string(c.User), func(t *tx) error {
		c, err := storage.CleanCode(c)
		if err != nil {
			return err
		}
		if err := person(t.ctx, t.Tx, c.User); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM codes WHERE code_hash IN (SELECT code_hash FROM codes WHERE user_id = ?1 AND purpose = ?2
			ORDER BY created_at DESC, code_hash DESC LIMIT -1 OFFSET ?3)`, string(c.User), c.Purpose, storage.KeptCodes-1); err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO codes (`+tables.CodeColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
			blob(c.Hash), c.Purpose, string(c.User), c.Email, storage.ToUnix(c.CreatedAt), storage.ToUnix(c.ExpiresAt))
		return err
	})
}

const codeWhere = ` WHERE code_hash = ?1 AND purpose = ?2 AND expires_at > ?3`

// Code returns a code without using it up.
func (s *Store) Code(ctx context.Context, hash []byte, purpose string, now time.Time) (c storage.Code, err error) {
	err = s.read(ctx, "code", func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT `+tables.CodeColumns+` FROM codes`+codeWhere, blob(hash), purpose, storage.ToUnix(now)).Scan(tables.CodeFields(&c)...)
	})
	return c, err
}

// UseCode uses a code up for a change to its user.
func (s *Store) UseCode(ctx context.Context, hash []byte, purpose string, now time.Time, c storage.UserChange) (u storage.User, err error) {
	err = s.write(ctx, "use code", func(t *tx) error {
		var user string
		err := t.row(`DELETE FROM codes`+codeWhere+` RETURNING user_id`, blob(hash), purpose, storage.ToUnix(now)).Scan(&user)
		if errors.Is(err, sql.ErrNoRows) {
			return storage.ErrNotFound
		} else if err != nil {
			return err
		}
		u, err = t.changeUser(storage.UserID(user), c)
		return err
	})
	if err != nil {
		return storage.User{}, err
	}
	return u, nil
}

// DeleteCodes removes all of user's codes for purpose, or all if that is "".
func (s *Store) DeleteCodes(ctx context.Context, user storage.UserID, purpose string) error {
	return s.write(ctx, "delete codes user="+string(user), func(t *tx) error {
		_, err := t.exec(`DELETE FROM codes WHERE user_id = ?1 AND (?2 = '' OR purpose = ?2)`, string(user), purpose)
		return err
	})
}

// CreateToken stores k.
func (s *Store) CreateToken(ctx context.Context, k storage.Token) error {
	return s.write(ctx, "create token user="+string(k.User), func(t *tx) error {
		k, err := storage.CleanToken(k)
		if err != nil {
			return err
		}
		if err := person(t.ctx, t.Tx, k.User); err != nil {
			return err
		}
		if err := t.room(tables.TokenRoom, string(k.User), storage.ToUnix(k.CreatedAt)); err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO tokens (token_id, token_hash, user_id, name, scope, created_at, last_used_at, expires_at, documents)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`, k.ID, blob(k.Hash), string(k.User), k.Name, k.Scope,
			storage.ToUnix(k.CreatedAt), storage.ToUnix(k.LastUsedAt), storage.ToUnix(k.ExpiresAt), tables.JoinIDs(k.Documents))
		return err
	})
}

const tokenSQL = `SELECT ` + tables.TokenColumns + `, ` + tables.UserColumns + ` FROM tokens k JOIN users u USING (user_id)
	WHERE k.token_hash = ?1 AND k.expires_at > ?2`

// TokenByHash returns the token with that hash, and its user.
func (s *Store) TokenByHash(ctx context.Context, hash []byte, now time.Time) (k storage.Token, u storage.User, err error) {
	err = s.read(ctx, "token by hash", func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, tokenSQL, blob(hash), storage.ToUnix(now)).Scan(append(tables.TokenFields(&k), tables.UserFields(&u)...)...)
	})
	return k, u, err
}

// Tokens lists user's tokens.
func (s *Store) Tokens(ctx context.Context, user storage.UserID, now time.Time) (list []storage.Token, err error) {
	err = s.read(ctx, "tokens user="+string(user), func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT `+tables.TokenColumns+` FROM tokens k WHERE user_id = ?1 AND expires_at > ?2
			ORDER BY created_at DESC, token_id`, string(user), storage.ToUnix(now))
		list, err = collect(rows, err, tables.TokenFields)
		return err
	})
	return list, err
}

// TouchToken sets when a token was last used.
func (s *Store) TouchToken(ctx context.Context, id string, used time.Time) error {
	return s.write(ctx, "touch token", func(t *tx) error {
		return t.must(`UPDATE tokens SET last_used_at = ?2 WHERE token_id = ?1`, id, storage.ToUnix(used))
	})
}

// DeleteToken deletes a token of user's.
func (s *Store) DeleteToken(ctx context.Context, user storage.UserID, id string) error {
	return s.write(ctx, "delete token user="+string(user), func(t *tx) error {
		t.tell(storage.EachID(storage.EventToken, []string{id})...)
		return t.must(`DELETE FROM tokens WHERE user_id = ?1 AND token_id = ?2`, string(user), id)
	})
}

// DeleteTokens deletes all of user's tokens and returns their ids.
func (s *Store) DeleteTokens(ctx context.Context, user storage.UserID) (ended []string, err error) {
	err = s.write(ctx, "delete tokens user="+string(user), func(t *tx) error {
		ended, err = column[string](t, `DELETE FROM tokens WHERE user_id = ?1 RETURNING token_id`, string(user))
		t.tell(storage.EachID(storage.EventToken, ended)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// DeleteExpired deletes expired codes, tokens and invitations.
func (s *Store) DeleteExpired(ctx context.Context, now time.Time) (int, error) {
	sum := int64(0)
	err := s.write(ctx, "delete expired", func(t *tx) error {
		for table, before := range map[string]time.Time{"codes": now, "tokens": now, "invitations": now.Add(-storage.InvitationsKept)} {
			n, err := t.exec(`DELETE FROM `+table+` WHERE expires_at <= ?1`, storage.ToUnix(before))
			if err != nil {
				return err
			}
			sum += n
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return int(sum), nil
}
