package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"quire/storage"
)

// Setting returns a setting's value, which may be empty but is not nil.
func (s *Store) Setting(ctx context.Context, key string) (value []byte, err error) {
	err = s.read(ctx, fmt.Sprintf("setting %q", key), func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT value FROM settings WHERE key = ?1`, storage.Text(key)).Scan(&value)
	})
	if err != nil {
		return nil, err
	}
	return blob(value), nil
}

// SetSetting stores value if the setting's value is was; nil means no setting.
func (s *Store) SetSetting(ctx context.Context, key string, value, was []byte) error {
	return s.write(ctx, fmt.Sprintf("set setting %q", key), func(t *tx) error {
		key := storage.Text(key)
		n, err := int64(0), error(nil)
		switch {
		case was == nil && value == nil:
			var there bool
			if err = t.row(`SELECT EXISTS (SELECT 1 FROM settings WHERE key = ?1)`, key).Scan(&there); err == nil && !there {
				n = 1
			}
		case was == nil:
			n, err = t.exec(`INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING`, key, blob(value))
		case value == nil:
			n, err = t.exec(`DELETE FROM settings WHERE key = ?1 AND value = ?2`, key, blob(was))
		default:
			n, err = t.exec(`UPDATE settings SET value = ?2 WHERE key = ?1 AND value = ?3`, key, blob(value), blob(was))
		}
		if err == nil && n == 0 {
			return storage.ErrConflict
		}
		if (was == nil) != (value == nil) || !bytes.Equal(was, value) {
			t.tell(storage.Event{Kind: storage.EventSetting, ID: key})
		}
		return err
	})
}
