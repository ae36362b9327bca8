package migrations_test

import (
	"database/sql"
	"path/filepath"
	"reflect"
	"testing"

	"quire/migrations"
	"quire/storage/storagetest/pgtest"
)

// Step 7 puts a number of events in the place of the setting that held the last ones, and leaves the other settings.
func TestEventsBeginAtNoneAndTheirSettingGoes(t *testing.T) {
	sqlite, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "quire.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sqlite.Close() })
	sqlite.SetMaxOpenConns(1)
	for dialect, db := range map[migrations.Dialect]*sql.DB{
		migrations.SQLite: sqlite, migrations.Postgres: openPostgres(t, pgtest.Unmigrated(t)),
	} {
		taken(t, dialect, db, 6)
		must(t, db, `INSERT INTO settings VALUES ('events', 'x'), ('log.epoch', 'E')`)
		if _, err := migrations.Up(t.Context(), dialect, db); err != nil {
			t.Fatal(err)
		}
		if _, keys := dump(t, db, "settings", "key"); !reflect.DeepEqual(keys, []string{"[log.epoch]"}) {
			t.Errorf("%s: settings %q are left, want log.epoch", dialect, keys)
		}
		if _, head := dump(t, db, "events_head", "n"); !reflect.DeepEqual(head, []string{"[0]"}) {
			t.Errorf("%s: the head is %q, want one row, 0", dialect, head)
		}
		if _, err := db.Exec(`INSERT INTO events_head VALUES (2, 0)`); err == nil {
			t.Errorf("%s: a second head is kept", dialect)
		}
	}
}
