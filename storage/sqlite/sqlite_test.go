package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"quire/migrations"
	"quire/storage"
	"quire/storage/storagetest"
)

// open returns a store on a fresh file.
func open(t testing.TB) *Store {
	t.Helper()
	return openMigrated(t, newFile(t))
}

// newFile makes a migrated file.
func newFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data", "quire.db")
	if err := prepareFile(path); err != nil {
		t.Fatal(err)
	}
	migrated, err := template()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, migrated, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// template is a migrated file: to copy it takes less than to migrate one for each test.
var template = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "quire-sqlite")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "quire.db")
	db, err := OpenDB(path)
	if err != nil {
		return nil, err
	}
	if _, err := migrations.Up(context.Background(), migrations.SQLite, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.Close(); err != nil { // folds the WAL into the file
		return nil, err
	}
	return os.ReadFile(path)
})

func openFile(t testing.TB, path string) *Store {
	t.Helper()
	db, err := OpenDB(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrations.Up(t.Context(), migrations.SQLite, db); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return openMigrated(t, path)
}

func openMigrated(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// damageable is a store whose snapshots can be damaged.
type damageable struct {
	storage.Store
	inner *Store
}

func (d damageable) DamageSnapshot(doc storage.DocumentID, at storage.Revision) bool {
	where := `WHERE document_id = ?1 AND revision = ?2`
	var body []byte
	if err := d.inner.db.QueryRow(`SELECT body FROM snapshots `+where, string(doc), int64(at)).Scan(&body); err != nil {
		return false
	}
	body[0] ^= 1
	_, err := d.inner.db.Exec(`UPDATE snapshots SET body = ?3 `+where, string(doc), int64(at), body)
	return err == nil
}

// Holding looks through every column of every table.
func (d damageable) Holding(text string) (places []string, err error) {
	rows, err := d.inner.db.Query(`SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`)
	columns, err := collect(rows, err, func(c *[2]string) []any { return []any{&c[0], &c[1]} })
	for _, c := range columns {
		var holds bool
		query := fmt.Sprintf(`SELECT EXISTS (SELECT 1 FROM %q WHERE instr(CAST(%q AS blob), CAST(?1 AS blob)) > 0)`, c[0], c[1])
		if err := d.inner.db.QueryRow(query, text).Scan(&holds); err != nil {
			return nil, err
		}
		if holds {
			places = append(places, c[0]+"."+c[1])
		}
	}
	return places, err
}

func TestStore(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Store {
		s := open(t)
		return damageable{s, s}
	})
}

// Two processes on one file keep every rule: the file decides their races.
func TestTwoNodes(t *testing.T) {
	if os.Getenv("QUIRE_FULL") == "" {
		t.Skip("the same rules once more: runs with QUIRE_FULL=1")
	}
	storagetest.Run(t, func(t *testing.T) storage.Store {
		path := newFile(t)
		a, b := openMigrated(t, path), openMigrated(t, path)
		return damageable{storagetest.Nodes(a, b), a}
	})
}

// L4: a row that the database refuses holds up no other document, and its document is told that nothing was stored.
func TestPoisonRowHoldsUpNobodyL4(t *testing.T) {
	s := open(t)
	if _, err := s.db.Exec(`CREATE TRIGGER poison BEFORE INSERT ON ops WHEN new.document_id = 'poison' AND new.first_revision = 0
		BEGIN SELECT raise(ABORT, 'poison'); END`); err != nil {
		t.Fatal(err)
	}
	var batches []storage.Batch
	for _, id := range []storage.DocumentID{"a", "poison", "z"} {
		if err := s.CreateDocument(t.Context(), storage.Document{ID: id, Owner: "ann"}, nil); err != nil {
			t.Fatal(err)
		}
		batches = append(batches, storage.Batch{Document: id, Ops: []storage.Op{{Client: "c", Seq: 1}}})
	}
	got := s.Append(t.Context(), batches)
	if got[0] != nil || got[2] != nil || !errors.Is(got[1], storage.ErrUnavailable) {
		t.Errorf("outcomes %v, want nil, ErrUnavailable, nil", got)
	}
	for i, want := range []storage.Revision{1, 0, 1} {
		if h, err := s.Head(t.Context(), batches[i].Document); err != nil || h.Revision != want {
			t.Errorf("head of %s = %d, %v, want %d", batches[i].Document, h.Revision, err, want)
		}
	}
}

// P3: a hole in the log, or a row that was changed, is damage and never a shorter document.
func TestDamagedLogIsNoticedP3(t *testing.T) {
	for _, damage := range []string{
		`DELETE FROM ops WHERE first_revision = 2`,
		`DELETE FROM ops WHERE first_revision = 0`,
		`DELETE FROM ops WHERE first_revision = 3`,
		`UPDATE ops SET body = substr(body, 1, 9) || x'7e' || substr(body, 11) WHERE first_revision = 1`,
		`UPDATE ops SET count = 2 WHERE first_revision = 3`,
	} {
		s := open(t)
		if err := s.CreateDocument(t.Context(), storage.Document{ID: "d", Owner: "ann"}, nil); err != nil {
			t.Fatal(err)
		}
		for base := range storage.Revision(4) {
			if err := s.Append(t.Context(), []storage.Batch{{Document: "d", Base: base, Ops: []storage.Op{{Client: "client", Body: []byte("body")}}}})[0]; err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.db.Exec(damage); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load(t.Context(), "d", storage.Newest, 0); !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("%s: Load = %v, want ErrDamaged", damage, err)
		}
		if _, err := s.Read(t.Context(), "d", 0, storage.Newest, 0); !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("%s: Read = %v, want ErrDamaged", damage, err)
		}
	}
}

func BenchmarkAppend(b *testing.B)    { storagetest.BenchmarkAppend(b, open(b)) }
func BenchmarkLoad(b *testing.B)      { storagetest.BenchmarkLoad(b, open(b)) }
func BenchmarkHeldRoles(b *testing.B) { storagetest.BenchmarkHeldRoles(b, open(b)) }

// L8: nothing but these settings makes an acknowledged op durable.
func TestSettingsL8(t *testing.T) {
	s := open(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "fullfsync": "1", "checkpoint_fullfsync": "1", "foreign_keys": "1", "busy_timeout": "5000"} {
		var got string
		if err := s.db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q, %v, want %q", pragma, got, err, want)
		}
	}
}

func TestFileIsItsOwnersOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a folder", "odd name?#%41ü.db")
	s := openFile(t, path)
	if err := s.SetSetting(t.Context(), "k", []byte("v"), nil); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Error(err)
		} else if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, want 0600", suffix, info.Mode().Perm())
		}
	}
}

// A panic in a change, whatever caused it, leaves the writer's slot and connection to the next one.
func TestAPanicInAChangeStopsNobodyElse(t *testing.T) {
	s := open(t)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		s.write(t.Context(), "panic", func(*tx) error { panic("planted") })
	}()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	if err := s.SetSetting(ctx, "k", []byte("v"), nil); err != nil {
		t.Error(err)
	}
}

// What was committed is there when the file is opened again, under the same epoch.
func TestReopened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "quire.db")
	s := openFile(t, path)
	if err := s.CreateDocument(t.Context(), storage.Document{ID: "d", Owner: "ann"}, []storage.Op{{Client: "c", Seq: 1, Body: []byte{0, 1}}}); err != nil {
		t.Fatal(err)
	}
	epoch, err := s.Epoch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again := openFile(t, path)
	l, err := again.Load(t.Context(), "d", storage.Newest, 0)
	if err != nil || len(l.Ops) != 1 || string(l.Ops[0].Body) != "\x00\x01" {
		t.Errorf("Load = %+v, %v", l, err)
	}
	if now, err := again.Epoch(t.Context()); err != nil || now != epoch {
		t.Errorf("Epoch = %q, %v, want %q", now, err, epoch)
	}
}

func TestOpenOfAFileNotMigrated(t *testing.T) {
	if s, err := Open(t.Context(), filepath.Join(t.TempDir(), "quire.db"), slog.New(slog.DiscardHandler)); err == nil {
		s.Close()
		t.Fatal("Open of an empty file succeeded")
	}
}
