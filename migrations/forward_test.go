package migrations_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"quire/migrations"
	"quire/server/audit"
	"quire/storage/storagetest/pgtest"
)

// at0001 holds rows for a database at the first step: more than one for each table, with unusual values.
var at0001 = map[string][][]any{
	"documents": {{"d1", "Über", "über", "first words", "ann", 1, 0, "", 0}, {"d2", "", "", "", "bob", 2, 33, "bob", 0}, {"gone", "", "", "", "", 0, 0, "", 44}},
	"heads":     {{"d1", 3, 300, 5, "ann"}, {"d2", 0, 0, 2, "bob"}},
	"ops":       {{"d1", 0, 2, []byte{1, 0, 255}}, {"d1", 2, 1, []byte("x")}},
	"snapshots": {{"d1", 2, int64(4_000_000_000), "first", []byte{0}}, {"d1", 3, 7, "words", []byte("b")}},
	"users": {
		{"ann", "Ann@Example.org", "ann@example.org", "Ann \u00c4", 3, "hash", false, true, "", "", 1},
		{"guest", "", nil, "Guest", 0, "", true, false, "", "", 2}, {"app", "", nil, "", 9, "", false, false, "https://app", "7", 3},
	},
	"sign_ins": {{"s1", []byte{1, 0}, "ann", 1, 2, 3, "::1", "agent"}, {"s2", []byte{2}, "guest", 1, 2, 3, "", ""}},
	"grants":   {{"d1", "ann", "owner", 0, 1, "owner"}, {"d1", "guest", "viewer", 3, 2, "link"}, {"d2", "bob", "owner", 0, 2, "owner"}},
	"links":    {{"l1", []byte{9, 0}, "d1", "viewer", "ann", 1}, {"l2", []byte{8}, "d1", "editor", "ann", 2}, {"l3", []byte{7}, "d2", "viewer", "bob", 3}},
	"settings": {{"log.epoch", []byte("E")}, {"empty", []byte{}}},
}

// order is the order in which the tables can be filled.
var order = []string{"documents", "heads", "ops", "snapshots", "users", "sign_ins", "grants", "links", "settings"}

func TestForwardFrom0001SQLite(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "quire.db")+"?_pragma=foreign_keys(ON)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	forward(t, migrations.SQLite, db, "?")
}

func TestForwardFrom0001Postgres(t *testing.T) {
	forward(t, migrations.Postgres, openPostgres(t, pgtest.Unmigrated(t)), "$")
}

// forward fills a database at the first step and takes the others: nothing may be lost or changed, and new columns must be empty.
func forward(t *testing.T, dialect migrations.Dialect, db *sql.DB, sign string) {
	t.Helper()
	first, _, err := migrations.FirstSteps(dialect, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrations.UpSteps(t.Context(), dialect, db, first); err != nil {
		t.Fatal(err)
	}
	before, columns := map[string][]string{}, map[string]string{}
	for _, table := range order {
		fillTable(t, db, table, sign, at0001[table])
		columns[table], before[table] = dump(t, db, table, "*")
		if len(before[table]) != len(at0001[table]) {
			t.Fatalf("%s has %d rows, want %d", table, len(before[table]), len(at0001[table]))
		}
	}
	if taken, err := migrations.Up(t.Context(), dialect, db); err != nil || taken == 0 {
		t.Fatalf("Up = %d, %v", taken, err)
	}
	for _, table := range order {
		if _, after := dump(t, db, table, columns[table]); !reflect.DeepEqual(after, before[table]) {
			t.Errorf("%s (%s)\n got %q\nwant %q", table, columns[table], after, before[table])
		}
	}
	for _, fresh := range []string{
		`links WHERE expires_at = 0`, `documents WHERE reach_role = '' AND reach_since = 0`,
		`users WHERE verified_at = 0 AND picture = '' AND quota = 0 AND deleted_at = 0 AND name_folded IS NULL AND suspended_at = 0`,
	} {
		table, _, _ := strings.Cut(fresh, " ")
		if _, rows := dump(t, db, fresh, "1"); len(rows) != len(at0001[table]) {
			t.Errorf("%d rows of %s, want all %d", len(rows), fresh, len(at0001[table]))
		}
	}
	linksAnew(t, db)
}

// linksAnew checks that a role can have several links now, that tokens are unique, and that links are deleted with their document.
func linksAnew(t *testing.T, db *sql.DB) {
	t.Helper()
	link := func(id, token, doc string) error {
		_, err := db.Exec(fmt.Sprintf(`INSERT INTO links (link_id, token_hash, document_id, role, created_by, created_at)
			VALUES ('%s', '%s', '%s', 'viewer', 'ann', 4)`, id, token, doc))
		return err
	}
	if err := link("l4", "four", "d1"); err != nil {
		t.Errorf("a second link of a role: %v", err)
	}
	if link("l5", "four", "d1") == nil {
		t.Error("two links with one token were stored")
	}
	if link("l6", "six", "never") == nil {
		t.Error("a link of a document that does not exist was stored")
	}
	if _, err := db.Exec(`DELETE FROM documents WHERE document_id = 'd1'`); err != nil {
		t.Fatal(err)
	}
	if _, rows := dump(t, db, `links`, "link_id"); !reflect.DeepEqual(rows, []string{"[l3]"}) {
		t.Errorf("links %q are left after d1 was deleted, want only l3 of d2", rows)
	}
}

func fillTable(t *testing.T, db *sql.DB, table, sign string, rows [][]any) {
	t.Helper()
	for _, row := range rows {
		places := make([]string, len(row))
		for i := range row {
			places[i] = fmt.Sprint(sign, i+1)
		}
		if _, err := db.Exec(`INSERT INTO `+table+` VALUES (`+strings.Join(places, ", ")+`)`, row...); err != nil {
			t.Fatalf("%s %v: %v", table, row, err)
		}
	}
}

// dump returns the names of the columns, and each row as text, sorted by the first two columns.
func dump(t *testing.T, db *sql.DB, from, columns string) (names string, all []string) {
	t.Helper()
	sorted := ` ORDER BY 1, 2`
	if columns != "*" && !strings.Contains(columns, ",") {
		sorted = ` ORDER BY 1`
	}
	rows, err := db.Query(`SELECT ` + columns + ` FROM ` + from + sorted)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(found)), make([]any, len(found))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%v", values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(found, ", "), all
}

// Step 4 finds in the audit log for whom an administrator created an account. They become known, like administrators, but not
// people who signed up themselves or have changed their e-mail since.
func TestForwardFrom0002KnowsWhomAnAdministratorAdded(t *testing.T) {
	sqlite, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "quire.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sqlite.Close() })
	sqlite.SetMaxOpenConns(1)
	for dialect, db := range map[migrations.Dialect]*sql.DB{
		migrations.SQLite: sqlite, migrations.Postgres: openPostgres(t, pgtest.Unmigrated(t)),
	} {
		first, _, err := migrations.FirstSteps(dialect, 2)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := migrations.UpSteps(t.Context(), dialect, db, first); err != nil {
			t.Fatal(err)
		}
		for id, admin := range map[string]bool{"chief": true, "added": false, "self": false, "moved": false} {
			must(t, db, fmt.Sprintf(`INSERT INTO users (user_id, email, email_folded, name, color, password_hash, guest, admin, issuer, subject, created_at)
				VALUES ('%s', '%[1]s@x.org', '%[1]s@x.org', '%[1]s', 0, '', false, %[2]t, '', '', 7)`, id, admin))
		}
		note := func(action, subject, detail string) {
			must(t, db, fmt.Sprintf(`INSERT INTO audit (at, actor, action, document_id, subject, subject_folded, detail, address)
				VALUES (1, '', '%s', '', '%s', '%[2]s', '%s', '')`, action, subject, detail))
		}
		note("user.create", "added", audit.Detail("way", "administrator", "admin", false))
		note("user.create", "self", audit.Detail("way", "sign-up", "guest", false))
		note("user.create", "moved", audit.Detail("way", "administrator", "admin", false))
		note("user.email", "moved", audit.Detail("was", "a", "email", "b"))
		if _, err := migrations.Up(t.Context(), dialect, db); err != nil {
			t.Fatal(err)
		}
		if _, known := dump(t, db, `users WHERE known_at = 7`, "user_id"); !reflect.DeepEqual(known, []string{"[added]", "[chief]"}) {
			t.Errorf("%s: %q are known, want added and chief", dialect, known)
		}
	}
}

func must(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
