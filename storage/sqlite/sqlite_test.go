package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"quire/migrations"
	"quire/storage"
	"quire/storage/storagetest"
)

// open gives a store on a fresh file.
func open(t testing.TB) *Store {
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
	return openMigrated(t, path)
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
type damageable struct{ *Store }

func (d damageable) DamageSnapshot(doc storage.DocumentID, at storage.Revision) bool {
	where := `WHERE document_id = ?1 AND revision = ?2`
	var body []byte
	if err := d.db.QueryRow(`SELECT body FROM snapshots `+where, string(doc), int64(at)).Scan(&body); err != nil {
		return false
	}
	body[0] ^= 1
	_, err := d.db.Exec(`UPDATE snapshots SET body = ?3 `+where, string(doc), int64(at), body)
	return err == nil
}

func TestStore(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Store { return damageable{open(t)} })
}

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
