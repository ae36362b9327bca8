package migrations_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"

	"quire/migrations"
	"quire/storage/postgres"
	"quire/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func openPostgres(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := postgres.OpenDB(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Four nodes start at once on an empty database: one takes the steps, the others find them taken.
func TestPostgresFourAtOnce(t *testing.T) {
	url := pgtest.Unmigrated(t)
	taken, errs := make([]int, 4), make([]error, 4)
	var wg sync.WaitGroup
	for i := range taken {
		db := openPostgres(t, url)
		wg.Go(func() { taken[i], errs[i] = migrations.Up(context.Background(), migrations.Postgres, db) })
	}
	wg.Wait()
	worked := 0
	for i := range taken {
		if errs[i] != nil {
			t.Errorf("Up = %v", errs[i])
		}
		if taken[i] > 0 {
			worked++
		}
	}
	if worked != 1 {
		t.Errorf("%d nodes took steps, want 1: %v", worked, taken)
	}
}

func TestPostgresTwice(t *testing.T) {
	db := openPostgres(t, pgtest.Unmigrated(t))
	first, err := migrations.Up(t.Context(), migrations.Postgres, db)
	if err != nil || first == 0 {
		t.Fatalf("Up = %d, %v", first, err)
	}
	if again, err := migrations.Up(t.Context(), migrations.Postgres, db); err != nil || again != 0 {
		t.Errorf("Up again = %d, %v, want 0", again, err)
	}
}
