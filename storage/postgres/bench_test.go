package postgres_test

import (
	"log/slog"
	"testing"

	"quire/storage/postgres"
	"quire/storage/sealed"
	"quire/storage/storagetest"
	"quire/storage/storagetest/pgtest"
)

// openSafe opens a database of a server that is as safe as production's.
func openSafe(b *testing.B) *postgres.Store {
	b.Helper()
	s, err := postgres.Open(b.Context(), postgres.Config{URL: sealed.Of(pgtest.Start(b, pgtest.Durable).Database(b)), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

func BenchmarkAppend(b *testing.B)    { storagetest.BenchmarkAppend(b, openSafe(b)) }
func BenchmarkLoad(b *testing.B)      { storagetest.BenchmarkLoad(b, openSafe(b)) }
func BenchmarkHeldRoles(b *testing.B) { storagetest.BenchmarkHeldRoles(b, openSafe(b)) }
