package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"quire/storage"
)

const pendingColumns = `code_hash, email, name, password_hash, guest_id, created_at, expires_at`

// pendingFields are where pendingColumns go.
func pendingFields(p *storage.Pending) []any {
	return []any{&p.Hash, &p.Email, &p.Name, &p.PasswordHash, &p.Guest, (*unix)(&p.CreatedAt), (*unix)(&p.ExpiresAt)}
}

// CreatePending stores p; the oldest make room.
func (s *Store) CreatePending(ctx context.Context, p storage.Pending, most int) error {
	return s.write(ctx, "create pending account", func(t *tx) error {
		p, err := storage.CleanPending(p)
		if err != nil {
			return err
		}
		folded := storage.Fold(p.Email)
		for _, room := range []struct {
			where string
			keep  int
			args  []any
		}{{`WHERE email_folded = ?3`, storage.KeptPending, []any{folded}}, {``, max(1, most), nil}} {
			_, err := t.exec(`DELETE FROM pending WHERE code_hash IN (SELECT code_hash FROM pending `+room.where+`
				ORDER BY created_at DESC, code_hash DESC LIMIT -1 OFFSET ?1) AND code_hash <> ?2`, append([]any{room.keep - 1, blob(p.Hash)}, room.args...)...)
			if err != nil {
				return err
			}
		}
		_, err = t.exec(`INSERT INTO pending (`+pendingColumns+`, email_folded) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`, blob(p.Hash),
			p.Email, p.Name, p.PasswordHash, string(p.Guest), storage.ToUnix(p.CreatedAt), storage.ToUnix(p.ExpiresAt), folded)
		return err
	})
}

const pendingWhere = ` WHERE code_hash = ?1 AND expires_at > ?2`

// Pending gives one without using it up.
func (s *Store) Pending(ctx context.Context, hash []byte, now time.Time) (p storage.Pending, err error) {
	err = s.read(ctx, "pending account", func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT `+pendingColumns+` FROM pending`+pendingWhere, blob(hash), storage.ToUnix(now)).Scan(pendingFields(&p)...)
	})
	return p, err
}

// TakePending gives one and removes it.
func (s *Store) TakePending(ctx context.Context, hash []byte, now time.Time) (p storage.Pending, err error) {
	err = s.write(ctx, "take pending account", func(t *tx) error {
		err := t.row(`DELETE FROM pending`+pendingWhere+` RETURNING `+pendingColumns, blob(hash), storage.ToUnix(now)).Scan(pendingFields(&p)...)
		if errors.Is(err, sql.ErrNoRows) {
			return storage.ErrNotFound
		}
		return err
	})
	if err != nil {
		return storage.Pending{}, err
	}
	return p, nil
}
