package migrations_test

import (
	"database/sql"
	"path/filepath"
	"reflect"
	"testing"

	"quire/migrations"
	"quire/storage/storagetest/pgtest"
)

func TestDocumentsOfTokensBecomeTheApplicationsSQLite(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "quire.db")+"?_pragma=foreign_keys(ON)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	applications(t, migrations.SQLite, db)
}

func TestDocumentsOfTokensBecomeTheApplicationsPostgres(t *testing.T) {
	applications(t, migrations.Postgres, openPostgres(t, pgtest.Unmigrated(t)))
}

// applications fills a database at step 2 with documents that tokens created, and takes the other steps.
func applications(t *testing.T, dialect migrations.Dialect, db *sql.DB) {
	t.Helper()
	first, _, err := migrations.FirstSteps(dialect, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrations.UpSteps(t.Context(), dialect, db, first); err != nil {
		t.Fatal(err)
	}
	for _, fill := range []string{
		`INSERT INTO users (user_id, email, email_folded, name, color, password_hash, guest, admin, issuer, subject, created_at) VALUES
			('ann', 'a@x.org', 'a@x.org', '', 0, '', false, false, '', '', 1), ('oidc', 'o@x.org', 'o@x.org', '', 0, '', false, false, 'oidc:x', '1', 1),
			('tom', '', NULL, '', 0, '', false, false, 'https://app', '1', 1), ('tim', '', NULL, '', 0, '', false, false, 'https://other', '1', 1)`,
		`INSERT INTO documents (document_id, title, title_folded, owner_id, created_at, deleted_at) VALUES
			('ann''s', '', '', 'ann', 1, 0), ('oidc''s', '', '', 'oidc', 1, 0), ('made', '', '', 'tom', 1, 0), ('shared', '', '', 'tom', 1, 0),
			('given', '', '', 'ann', 1, 0), ('left', '', '', 'ann', 1, 0), ('gone', '', '', '', 0, 9)`,
		`INSERT INTO grants VALUES ('ann''s', 'ann', 'owner', 0, 1, 'owner'), ('ann''s', 'tom', 'owner', 0, 2, 'link'), ('oidc''s', 'oidc', 'owner', 0, 1, 'owner'),
			('made', 'tom', 'owner', 0, 1, 'owner'), ('shared', 'tom', 'owner', 0, 1, 'owner'), ('shared', 'ann', 'owner', 0, 2, 'link'),
			('given', 'tom', 'editor', 0, 1, 'owner'), ('given', 'ann', 'owner', 0, 2, 'owner'),
			('left', 'tom', 'owner', 0, 2, 'owner'), ('left', 'tim', 'owner', 0, 1, 'link')`,
	} {
		if _, err := db.Exec(fill); err != nil {
			t.Fatal(err)
		}
	}
	_, grants := dump(t, db, "grants", "document_id, user_id, role")
	if _, err := migrations.Up(t.Context(), dialect, db); err != nil {
		t.Fatal(err)
	}
	_, got := dump(t, db, "documents", "document_id, owner_id, application")
	want := []string{
		"[ann's ann ]", "[given ann ]", "[gone  ]", "[left  https://other]", "[made  https://app]", "[oidc's oidc ]", "[shared  https://app]",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("documents are\n%q, want\n%q", got, want)
	}
	if _, after := dump(t, db, "grants", "document_id, user_id, role"); !reflect.DeepEqual(after, grants) {
		t.Errorf("grants are\n%q, were\n%q", after, grants)
	}
}
