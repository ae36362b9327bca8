package sqlite

import (
	"context"
	"database/sql"
)

// Size returns how many bytes the database file takes, without the WAL beside it.
func (s *Store) Size(ctx context.Context) (bytes int64, err error) {
	err = s.read(ctx, "size", func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`).Scan(&bytes)
	})
	return bytes, err
}
