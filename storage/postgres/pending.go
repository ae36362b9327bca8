package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
)

const pendingColumns = `code_hash, email, name, password_hash, guest_id, created_at, expires_at`

// pendingFields are where pendingColumns go.
func pendingFields(p *storage.Pending) []any {
	return []any{&p.Hash, &p.Email, &p.Name, &p.PasswordHash, &p.Guest, (*unix)(&p.CreatedAt), (*unix)(&p.ExpiresAt)}
}

// CreatePending stores p; the oldest make room. What another transaction removes just now is left to it.
func (s *Store) CreatePending(ctx context.Context, p storage.Pending, most int) error {
	return s.write(ctx, "create pending account", func(tx pgx.Tx) error {
		p, err := storage.CleanPending(p)
		if err != nil {
			return err
		}
		folded := storage.Fold(p.Email)
		for _, room := range []struct {
			where string
			keep  int
			args  []any
		}{{`WHERE email_folded = $3`, storage.KeptPending, []any{folded}}, {``, max(1, most), nil}} {
			_, err := tx.Exec(ctx, `WITH old AS MATERIALIZED (SELECT code_hash FROM pending `+room.where+`
				ORDER BY created_at DESC, code_hash DESC OFFSET $1 FOR UPDATE SKIP LOCKED)
				DELETE FROM pending WHERE code_hash IN (SELECT code_hash FROM old) AND code_hash <> $2`, append([]any{room.keep - 1, p.Hash}, room.args...)...)
			if err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `INSERT INTO pending (`+pendingColumns+`, email_folded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, p.Hash,
			p.Email, p.Name, p.PasswordHash, id(p.Guest), storage.ToUnix(p.CreatedAt), storage.ToUnix(p.ExpiresAt), folded)
		return err
	})
}

const pendingSQL = ` FROM pending WHERE code_hash = $1 AND expires_at > $2`

// Pending gives one without using it up.
func (s *Store) Pending(ctx context.Context, hash []byte, now time.Time) (p storage.Pending, err error) {
	err = s.one(ctx, "pending account", pendingFields(&p), `SELECT `+pendingColumns+pendingSQL, blob(hash), storage.ToUnix(now))
	return p, err
}

// TakePending gives one and removes it.
func (s *Store) TakePending(ctx context.Context, hash []byte, now time.Time) (p storage.Pending, err error) {
	err = s.write(ctx, "take pending account", func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `DELETE`+pendingSQL+` RETURNING `+pendingColumns, blob(hash), storage.ToUnix(now)).Scan(pendingFields(&p)...)
		if errors.Is(err, pgx.ErrNoRows) {
			return storage.ErrNotFound
		}
		return err
	})
	if err != nil {
		return storage.Pending{}, err
	}
	return p, nil
}
