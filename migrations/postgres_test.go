package migrations_test

import (
	"database/sql"
	"sync"
	"testing"
	"testing/fstest"

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

// Of four nodes that start at once on an empty database, one takes the steps and the others find them taken.
func TestPostgresFourAtOnce(t *testing.T) {
	fourAtOnce(t, func(db *sql.DB) (int, error) { return migrations.Up(t.Context(), migrations.Postgres, db) })
}

// The same with a step so long that without a lock all four would run it.
func TestPostgresFourAtOnceInALongStep(t *testing.T) {
	long := fstest.MapFS{"0001_a.sql": {Data: []byte("-- +goose Up\nSELECT pg_sleep(3);\nCREATE TABLE a (b integer);\n")}}
	fourAtOnce(t, func(db *sql.DB) (int, error) { return migrations.UpSteps(t.Context(), migrations.Postgres, db, long) })
}

func fourAtOnce(t *testing.T, up func(db *sql.DB) (int, error)) {
	t.Helper()
	url := pgtest.Unmigrated(t)
	taken, errs := make([]int, 4), make([]error, 4)
	var wg sync.WaitGroup
	for i := range taken {
		db := openPostgres(t, url)
		wg.Go(func() { taken[i], errs[i] = up(db) })
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
