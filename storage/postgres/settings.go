package postgres

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"quire/storage"
)

// Setting returns a setting's value, which may be empty but is not nil.
func (s *Store) Setting(ctx context.Context, key string) (value []byte, err error) {
	err = s.one(ctx, fmt.Sprintf("setting %q", key), []any{&value}, `SELECT value FROM settings WHERE key = $1`, storage.Text(key))
	if err != nil {
		return nil, err
	}
	return blob(value), nil
}

// SetSetting stores value if the setting's value is was; nil means no setting.
func (s *Store) SetSetting(ctx context.Context, key string, value, was []byte) error {
	return s.write(ctx, fmt.Sprintf("set setting %q", key), func(tx *writing) error {
		key := storage.Text(key)
		var tag pgconn.CommandTag
		var err error
		switch {
		case was == nil && value == nil:
			tag, err = tx.Exec(ctx, `SELECT WHERE NOT EXISTS (SELECT FROM settings WHERE key = $1)`, key)
		case was == nil:
			tag, err = tx.Exec(ctx, `INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, key, value)
		case value == nil:
			tag, err = tx.Exec(ctx, `DELETE FROM settings WHERE key = $1 AND value = $2`, key, was)
		default:
			tag, err = tx.Exec(ctx, `UPDATE settings SET value = $2 WHERE key = $1 AND value = $3`, key, value, was)
		}
		if err == nil && tag.RowsAffected() == 0 {
			return storage.ErrConflict
		}
		if (was == nil) != (value == nil) || !bytes.Equal(was, value) {
			tx.tell(storage.Event{Kind: storage.EventSetting, ID: key})
		}
		return err
	})
}
