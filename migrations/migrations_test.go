package migrations

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	_ "modernc.org/sqlite"
)

func openSQLite(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "quire.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	return db
}

func steps(t *testing.T, dialect Dialect) []string {
	t.Helper()
	names, err := fs.Glob(files, string(dialect)+"/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestFromZeroAndTwice(t *testing.T) {
	db := openSQLite(t)
	for _, want := range []int{len(steps(t, SQLite)), 0} {
		if taken, err := Up(t.Context(), SQLite, db); err != nil || taken != want {
			t.Errorf("Up = %d, %v, want %d", taken, err, want)
		}
	}
}

// Both dialects have the same number of steps, numbered without gaps.
func TestStepsAreNumbered(t *testing.T) {
	for _, dialect := range []Dialect{Postgres, SQLite} {
		names := steps(t, dialect)
		if len(names) == 0 || len(names) != len(steps(t, Postgres)) {
			t.Errorf("%s has %d steps, postgres %d", dialect, len(names), len(steps(t, Postgres)))
		}
		for i, name := range names {
			if want := fmt.Sprintf("%s/%04d_", dialect, i+1); !strings.HasPrefix(name, want) {
				t.Errorf("step %d is %s, want %s…", i+1, name, want)
			}
		}
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	db := openSQLite(t)
	newer := fstest.MapFS{
		"0001_a.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (b integer);\n")},
		"0002_b.sql": {Data: []byte("-- +goose Up\nCREATE TABLE b (b integer);\n")},
	}
	if _, err := up(t.Context(), SQLite, db, newer); err != nil {
		t.Fatal(err)
	}
	delete(newer, "0002_b.sql")
	_, err := up(t.Context(), SQLite, db, newer)
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "stands at step 2, this Quire knows 1") {
		t.Errorf("up of a newer database = %v, want ErrNewer with both steps", err)
	}
}

func TestAStepThatFailsLeavesNothing(t *testing.T) {
	db := openSQLite(t)
	broken := fstest.MapFS{"0001_a.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (b integer);\nCREATE TABLE a (b integer);\n")}}
	if _, err := up(t.Context(), SQLite, db, broken); err == nil {
		t.Fatal("a broken step was taken")
	}
	var n int
	if err := db.QueryRow(`SELECT count(*) FROM sqlite_master WHERE name = 'a'`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d tables of a broken step are left, %v", n, err)
	}
}

func TestTwoStepsOfOneNumberAreRefused(t *testing.T) {
	step := &fstest.MapFile{Data: []byte("-- +goose Up\nSELECT 1;\n")}
	if _, err := up(t.Context(), SQLite, openSQLite(t), fstest.MapFS{"0001_a.sql": step, "0001_b.sql": step}); err == nil {
		t.Fatal("two steps of one number were taken")
	}
}
