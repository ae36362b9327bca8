package migrations_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"quire/migrations"
	"quire/storage/storagetest/pgtest"
)

// table holds rows for a table that a step created; into names it, with columns if not all are filled.
type table struct {
	into string
	rows [][]any
}

// madeBy holds rows for the tables that each step after the first created, in an order in which they can be filled.
var madeBy = map[int][]table{
	2: {
		{"groups", [][]any{{"g1", "Größe", "größe", "ann", 1}, {"g2", "two", "two", "guest", 2}}},
		{"group_members", [][]any{{"g1", "ann", true, 1}, {"g1", "guest", false, 2}, {"g2", "guest", true, 3}}},
		{"group_grants", [][]any{{"d1", "g1", "editor", 3, 1}, {"d2", "g2", "viewer", 0, 2}}},
		{"invitations", [][]any{{"i1", []byte{1, 0}, "d1", "New@x.org", "new@x.org", "editor", "ann", 1, 9}, {"i2", []byte{2}, "d2", "b@x.org", "b@x.org", "viewer", "bob", 2, 9}}},
		{"access_requests", [][]any{{"d1", "guest", "editor", "please", 1}, {"d2", "gone", "viewer", "", 2}}},
		{"codes", [][]any{{[]byte{1, 0}, "verify", "ann", "a@x.org", 1, 9}, {[]byte{2}, "reset", "ann", "", 2, 9}}},
		{"tokens", [][]any{{"t1", []byte{1, 0}, "ann", "script", "write", 1, 2, 0}, {"t2", []byte{2}, "ann", "", "read", 1, 0, 9}}},
		{"pictures", [][]any{{"ann", "image/png", []byte{0, 1}}, {"guest", "image/jpeg", []byte{2}}}},
		{"audit (at, actor, action, document_id, subject, subject_folded, detail, address)", [][]any{
			{1, "ann", "grant.set", "d1", "Guest", "guest", "{}", "::1"}, {2, "", "user.create", "", "ann", "ann", "", ""},
		}},
	},
	4: {{"group_offers", [][]any{{"g1", "app", false, "ann", 1}, {"g2", "ann", true, "guest", 2}}}},
	5: {{"pending", [][]any{{[]byte{1, 0}, "P@x.org", "p@x.org", "P", "hash", "guest", 1, 9}, {[]byte{2}, "q@x.org", "q@x.org", "", "hash", "", 2, 9}}}},
	7: {
		{"events_head", nil}, // the step itself inserts its only row
		{"events", [][]any{{1, `{"k":"title","d":"d1"}`, 5}, {2, `{"k":"ended","u":["gone"]}`, 6}}},
	},
}

// droppedBy lists the tables that a step drops with their rows: no release has used them.
var droppedBy = map[int][]string{6: {"pending"}}

func TestEachStepKeepsTheRowsOfTheOneBeforeSQLite(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "quire.db")+"?_pragma=foreign_keys(ON)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	stepwise(t, migrations.SQLite, db, "?", `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
}

func TestEachStepKeepsTheRowsOfTheOneBeforePostgres(t *testing.T) {
	stepwise(t, migrations.Postgres, openPostgres(t, pgtest.Unmigrated(t)), "$", `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
}

// stepwise takes one step at a time, each in a database where every table of the step before has rows. No step may change these.
func stepwise(t *testing.T, dialect migrations.Dialect, db *sql.DB, sign, tables string) {
	t.Helper()
	steps := taken(t, dialect, db, 1)
	var filled []string
	for _, name := range order {
		fillTable(t, db, name, sign, at0001[name])
		filled = append(filled, name)
	}
	for n := 2; n <= steps+1; n++ { // the last round only checks that every table has rows
		for _, name := range list(t, db, tables) {
			if name != "migrations" && !slices.Contains(filled, name) {
				t.Errorf("%s: there are no rows for %s, which step %d created", dialect, name, n-1)
			}
		}
		if n > steps {
			return
		}
		before, columns := map[string][]string{}, map[string]string{}
		for _, name := range filled {
			columns[name], before[name] = dump(t, db, at(name, n), "*")
		}
		taken(t, dialect, db, n)
		left := list(t, db, tables)
		filled = slices.DeleteFunc(filled, func(name string) bool {
			return slices.Contains(droppedBy[n], name) && !slices.Contains(left, name)
		})
		for _, name := range filled {
			if _, after := dump(t, db, at(name, n), columns[name]); !reflect.DeepEqual(after, before[name]) {
				t.Errorf("%s, step %d, %s (%s)\n got %q\nwant %q", dialect, n, name, columns[name], after, before[name])
			}
		}
		for _, made := range madeBy[n] {
			fillTable(t, db, made.into, sign, made.rows)
			name, _, _ := strings.Cut(made.into, " ")
			filled = append(filled, name)
		}
	}
}

// at makes the queries after each step different, because a connection caches the columns of a query's result.
func at(name string, step int) string { return fmt.Sprintf("%s /* step %d */", name, step) }

// taken brings a database to step n and returns how many steps there are.
func taken(t *testing.T, dialect migrations.Dialect, db *sql.DB, n int) int {
	t.Helper()
	first, all, err := migrations.FirstSteps(dialect, n)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrations.UpSteps(t.Context(), dialect, db, first); err != nil {
		t.Fatalf("%s, step %d: %v", dialect, n, err)
	}
	return all
}

func list(t *testing.T, db *sql.DB, query string) (names []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}
