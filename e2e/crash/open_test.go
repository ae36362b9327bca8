package crash

import (
	"log/slog"
	"testing"

	"quire/storage"
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

func openPostgres(t *testing.T, url string) storage.Store {
	t.Helper()
	t.Fatalf("cannot open %s", url)
	return nil
}
