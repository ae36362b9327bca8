package postgres_test

import (
	"log/slog"
	"testing"

	"quire/storage/postgres"
	"quire/storage/storagetest"
	"quire/storage/storagetest/pgtest"
)

// On a server that is as safe as production's.
func BenchmarkAppend(b *testing.B) {
	s, err := postgres.Open(b.Context(), postgres.Config{URL: pgtest.Start(b, pgtest.Durable).Database(b), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	storagetest.BenchmarkAppend(b, s)
}
