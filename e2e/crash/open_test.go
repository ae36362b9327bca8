package crash

import (
	"testing"

	"quire/storage"
)

func openSQLite(t *testing.T, file string) storage.Store {
	t.Helper()
	t.Fatalf("cannot open %s", file)
	return nil
}

func openPostgres(t *testing.T, url string) storage.Store {
	t.Helper()
	t.Fatalf("cannot open %s", url)
	return nil
}
