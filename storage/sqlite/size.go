package sqlite

import (
	"context"
	"database/sql"
)

// Size is how many bytes the file takes, without the log beside it that is folded into it.
func (s *Store) Size(ctx context.Context) (bytes int64, err error) {
	err = s.read(ctx, "size", func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`).Scan(&bytes)
	})
	return bytes, err
}
