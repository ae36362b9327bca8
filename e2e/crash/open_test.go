package crash

import (
	"log/slog"
	"testing"

	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/sealed"
	"quire/storage/sqlite"
)

// openSQLite opens the file of a server that has ended.
func openSQLite(t *testing.T, file string) storage.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), file, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// openPostgres opens the database of a server that has ended.
func openPostgres(t *testing.T, url string) storage.Store {
	t.Helper()
	store, err := postgres.Open(t.Context(), postgres.Config{URL: sealed.Of(url), Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}
