package postgres_test

import (
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"quire/storage/postgres"
	"quire/storage/sealed"
	"quire/storage/storagetest/pgtest"
)

func openError(t *testing.T, address string) error {
	t.Helper()
	s, err := postgres.Open(t.Context(), postgres.Config{URL: sealed.Of(address), Log: slog.New(slog.DiscardHandler), AllowUnsafe: true})
	if err == nil {
		s.Close()
	}
	return err
}

// A database of another encoding takes everything, and titles come back from a dump as something else.
func TestADatabaseThatIsNotUTF8IsRefused(t *testing.T) {
	address := pgtest.Unmigrated(t)
	db, err := postgres.OpenDB(address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, encoding := range []string{"SQL_ASCII", "LATIN1"} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		u.Path += "_" + strings.ToLower(encoding)
		name := strings.TrimPrefix(u.Path, "/")
		if _, err := db.ExecContext(t.Context(), `CREATE DATABASE `+name+` ENCODING '`+encoding+`' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`); err != nil {
			t.Fatal(err)
		}
		if err := openError(t, u.String()); !errors.Is(err, postgres.ErrEncoding) || !strings.Contains(err.Error(), encoding) {
			t.Errorf("Open of a database in %s = %v, want ErrEncoding", encoding, err)
		}
		if _, err := db.ExecContext(t.Context(), `DROP DATABASE `+name); err != nil {
			t.Error(err)
		}
	}
}
