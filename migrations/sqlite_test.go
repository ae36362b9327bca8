package migrations_test

import (
	"path/filepath"
	"sync"
	"testing"

	"quire/migrations"
	"quire/storage/sqlite"
)

// A command that runs while the server starts must not fail, nor let it fail: each step is taken once.
func TestSQLiteFourAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "quire.db")
	taken, errs := make([]int, 4), make([]error, 4)
	var all sync.WaitGroup
	for i := range taken {
		db, err := sqlite.OpenDB(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		all.Go(func() { taken[i], errs[i] = migrations.Up(t.Context(), migrations.SQLite, db) })
	}
	all.Wait()
	_, steps, err := migrations.FirstSteps(migrations.SQLite, 0)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for i, n := range taken {
		sum += n
		if errs[i] != nil {
			t.Errorf("Up = %d, %v", n, errs[i])
		}
	}
	if sum != steps {
		t.Errorf("%v steps were taken, want %d in all", taken, steps)
	}
}

// Before a step was refused twice, a command beside a starting server could record one twice.
func TestSQLiteForgetsWhatWasRecordedTwice(t *testing.T) {
	db, err := sqlite.OpenDB(filepath.Join(t.TempDir(), "quire.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := migrations.Up(t.Context(), migrations.SQLite, db); err != nil {
		t.Fatal(err)
	}
	must(t, db, `DROP INDEX migrations_once`)
	must(t, db, `INSERT INTO migrations (version_id, is_applied) VALUES (5, true)`)
	for range 2 {
		if taken, err := migrations.Up(t.Context(), migrations.SQLite, db); err != nil || taken != 0 {
			t.Errorf("Up = %d, %v, want 0", taken, err)
		}
	}
}
