package postgres

import "context"

// ExecForTest runs a statement beside the store's own.
func (s *Store) ExecForTest(query string, args ...any) (int64, error) {
	tag, err := s.pool.Exec(context.Background(), query, args...)
	return tag.RowsAffected(), err
}

// QueryForTest reads one row.
func (s *Store) QueryForTest(fields []any, query string, args ...any) error {
	return s.pool.QueryRow(context.Background(), query, args...).Scan(fields...)
}

// HoldPoolForTest takes a connection out of the pool until give is called.
func (s *Store) HoldPoolForTest(ctx context.Context) (give func(), err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	return conn.Release, nil
}

// LockHeadForTest keeps a document's head row from everyone until release is called.
func (s *Store) LockHeadForTest(ctx context.Context, doc string) (release func(), err error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `SELECT FROM heads WHERE document_id = $1 FOR UPDATE`, doc); err != nil {
		return nil, err
	}
	return func() { tx.Rollback(context.Background()) }, nil
}
