package postgres

import (
	"context"
	"fmt"

	"quire/storage"
)

// Setting returns a value.
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
		n, err = s.exec(ctx, what, `INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, name, value)
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
