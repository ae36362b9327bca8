package postgres

import "context"

// Size returns how many bytes the database takes on its server.
func (s *Store) Size(ctx context.Context) (bytes int64, err error) {
	err = s.one(ctx, "size", []any{&bytes}, `SELECT pg_database_size(current_database())`)
	return bytes, err
}
