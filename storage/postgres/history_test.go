package postgres_test

import (
	"context"
	"errors"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/storage"
	"quire/storage/storagetest/pgtest"
	"quire/storage/storagetest/pgtest/pgbin"
)

// P1, N12, L9: a standby that lacks the newest ops takes over. Who knows of them is closed with resync, the epoch is another, and
// what is written then follows what the standby had, noticed by who writes or by nobody, and also where another node wrote to it
// first. Nothing is acknowledged that is not there.
func TestAStandbyThatLacksOpsTakesOverN12L9(t *testing.T) {
	primary := pgtest.Start(t)
	database := primary.Database(t)
	standby := primary.Standby(t)
	primary.Wait(t, false)
	address := pgtest.Either(t, standby, database)
	h := housed(t, address)
	h.create("written", "read", "overtaken", "same")
	for _, doc := range []storage.DocumentID{"written", "read", "overtaken", "same"} {
		h.write(doc)
	}
	epoch := h.hub.Epoch()
	standby.Receive(t, primary, false)
	pages := []*page{opened(t, h.hub, "written"), opened(t, h.hub, "read"), opened(t, h.hub, "overtaken")}
	for _, doc := range []storage.DocumentID{"written", "read", "overtaken"} {
		h.write(doc) // at 3, which the standby lacks
	}
	primary.Kill9()
	standby.Promote(t)
	other := housed(t, address)
	if got := other.hub.Epoch(); got == epoch {
		t.Error("a server that was started then begins no new epoch")
	}
	if got := other.write("overtaken"); got != 3 {
		t.Errorf("another node wrote at %d", got)
	}
	other.write("overtaken")
	if got := h.write("written"); got != 3 {
		t.Errorf("then it was acknowledged at %d, want 3", got)
	}
	h.follow()
	for _, p := range pages {
		p.resynced(t)
	}
	if got := h.hub.Epoch(); got == epoch || got != other.hub.Epoch() {
		t.Errorf("the epoch is %q, that of another node %q, before it was %q", got, other.hub.Epoch(), epoch)
	}
	h.write("overtaken")
	h.sound(address, "written", 3)
	h.sound(address, "read", 2)
	h.sound(address, "overtaken", 5)
	h.sound(address, "same", 2)
}

// N12, L9: a standby that had to have everything takes over: nobody is disturbed, and the epoch stays.
func TestAStandbyThatHasAllTakesOverN12L9(t *testing.T) {
	primary := pgtest.Start(t)
	database := primary.Database(t)
	standby := primary.Standby(t)
	address := pgtest.Either(t, standby, database)
	h := housed(t, address)
	h.create("d")
	h.follow() // which sees that commits wait
	h.write("d")
	epoch, p := h.hub.Epoch(), opened(t, h.hub, "d")
	primary.Kill9()
	standby.Promote(t)
	if got := h.write("d"); got != 3 {
		t.Errorf("then it was acknowledged at %d, want 3", got)
	}
	h.follow()
	if got := h.hub.Epoch(); got != epoch || p.code.Load() != 0 {
		t.Errorf("the epoch was %q and is %q; closed with %d", epoch, got, p.code.Load())
	}
	h.sound(address, "d", 3)
}

// N12, L9: a dump is restored under a running server, the database dropped or only its tables, and nobody says so.
func TestADumpIsRestoredUnderARunningServerN12L9(t *testing.T) {
	for _, how := range []string{"database", "tables"} {
		t.Run(how, func(t *testing.T) {
			bin, err := pgbin.Find()
			if err != nil {
				t.Fatal(err)
			}
			for _, tool := range []string{"pg_dump", "pg_restore"} {
				if _, err := exec.LookPath(filepath.Join(bin, tool)); err != nil {
					t.Skipf("no %s beside the server: %v", tool, err)
				}
			}
			server := pgtest.Start(t)
			address := server.Database(t)
			h := housed(t, address)
			h.create("written", "read", "made-before")
			h.write("written")
			dump := filepath.Join(t.TempDir(), "dump")
			tool := func(name string, args ...string) {
				t.Helper()
				if out, err := exec.CommandContext(t.Context(), filepath.Join(bin, name), args...).CombinedOutput(); err != nil {
					t.Fatalf("%s: %v: %s", name, err, out)
				}
			}
			tool("pg_dump", "-Fc", "-f", dump, "-d", address)
			h.create("made-after")
			epoch := h.hub.Epoch()
			h.write("written")
			h.write("read")
			pages := []*page{opened(t, h.hub, "written"), opened(t, h.hub, "read"), opened(t, h.hub, "made-after")}
			if how == "database" {
				u, err := url.Parse(address)
				if err != nil {
					t.Fatal(err)
				}
				name := strings.TrimPrefix(u.Path, "/")
				server.Exec(t, `DROP DATABASE `+name+` WITH (FORCE)`)
				server.Exec(t, `CREATE DATABASE `+name+` TEMPLATE template0`)
			}
			tool("pg_restore", "--clean", "--if-exists", "-d", address, dump)
			if got := h.write("written"); got != 3 {
				t.Errorf("then it was acknowledged at %d, want 3", got)
			}
			h.follow()
			for _, p := range pages {
				p.resynced(t)
			}
			if got := h.hub.Epoch(); got == epoch {
				t.Error("the epoch is the same")
			}
			h.write("read")
			h.sound(address, "written", 3)
			h.sound(address, "read", 2)
			if _, _, err := h.hub.Content(context.Background(), "", "made-after", storage.Newest); !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("what was made after the dump: %v", err)
			}
		})
	}
}

// N12: a large dump has the primary key of its heads long before those of its ops and settings. Until it has them all, nothing is
// written there: a setting without its key would be there twice, which keeps the restore from making it.
func TestADumpThatIsHalfRestoredIsLeftAloneN12(t *testing.T) {
	server := pgtest.Start(t)
	address := server.Database(t)
	h := housed(t, address)
	h.create("d")
	h.write("d")
	epoch := h.hub.Epoch()
	by, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer by.Close(context.Background())
	do := func(statements string) {
		t.Helper()
		if _, err := by.Exec(t.Context(), statements); err != nil {
			t.Fatal(err)
		}
	}
	do(`CREATE TABLE restored (LIKE heads INCLUDING ALL);
		INSERT INTO restored SELECT * FROM heads;
		DROP TABLE heads;
		ALTER TABLE restored RENAME TO heads;
		ALTER TABLE settings DROP CONSTRAINT settings_pkey;
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	for said := ""; !strings.Contains(said, "is being restored"); {
		err := h.store.Barrier(t.Context())
		if err == nil {
			t.Fatal("a database that is not whole was written to")
		}
		said = err.Error()
	}
	do(`ALTER TABLE settings ADD PRIMARY KEY (key)`) // it would find a key that is there twice
	h.write("d")
	h.follow()
	if h.hub.Epoch() == epoch {
		t.Error("the epoch is the same")
	}
	h.sound(address, "d", 3)
}

// N12: a database that somebody dropped and made again holds nothing, which is told as it is, and with what can be done.
func TestADatabaseThatWasMadeAnewIsToldN12(t *testing.T) {
	server := pgtest.Start(t)
	address := server.Database(t)
	h := housed(t, address)
	h.create("d")
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	server.Exec(t, `DROP DATABASE `+name+` WITH (FORCE)`)
	server.Exec(t, `CREATE DATABASE `+name+` TEMPLATE template0`)
	soon := within(t, time.Minute)
	for what, call := range map[string]func() error{
		"a commit":  func() error { return h.store.Barrier(soon) },
		"readiness": func() error { return h.store.Ping(soon) },
		"a read":    func() error { _, err := h.store.Document(soon, "d"); return err },
		"a look":    func() error { return h.hub.Follow(soon) },
	} {
		said := ""
		for soon.Err() == nil && !strings.Contains(said, "is empty") && !strings.Contains(said, "being restored") {
			if err := call(); err != nil { // at first that its connection broke
				said = err.Error()
			}
		}
		if !strings.Contains(said, "is empty") || !strings.Contains(said, "restart Quire") {
			t.Errorf("%s says %q, want that the database is empty, and what to do", what, said)
		}
	}
}

// L11, N12: a former primary that comes back, and takes writes as before, is passed over, though it stands first in DATABASE_URL: by
// a server that runs and by one that starts, with TLS and without.
func TestAFormerPrimaryThatComesBackIsPassedOverL11N12(t *testing.T) {
	for _, mode := range []string{"disable", "require"} {
		t.Run("sslmode="+mode, func(t *testing.T) { passOverTheFormer(t, mode) })
	}
}

func passOverTheFormer(t *testing.T, mode string) {
	primary := pgtest.Start(t, pgtest.TLS)
	database := primary.Database(t)
	standby := primary.Standby(t)
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	address := strings.Replace(pgtest.Either(t, primary, standby.URL(name)), "sslmode=disable", "sslmode="+mode, 1)
	h := housed(t, address)
	h.create("d")
	primary.Wait(t, false) // so that it takes writes alone when it comes back
	primary.Kill9()
	standby.Promote(t)
	h.write("d")
	if err := primary.Start(); err != nil {
		t.Fatal(err)
	}
	standby.Exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'quire'`)
	t.Run("runs", func(t *testing.T) {
		h.T, h.until = t, within(t, time.Minute)
		if got := h.write("d"); got != 3 {
			t.Errorf("a server that runs wrote at %d, want 3", got)
		}
		encrypted(t, h.store, mode == "require")
	})
	t.Run("starts", func(t *testing.T) {
		started := housed(t, address)
		started.until = within(t, time.Minute)
		head := headOf(t, openURL(t, standby.URL(name)), "d")
		if got := started.write("d"); got != head+1 {
			t.Errorf("a server that starts wrote at %d, want %d", got, head+1)
		}
		encrypted(t, started.store, mode == "require")
	})
}

// N12: another database server than before, behind the same address, is not written to.
func TestAnotherServerIsNotWrittenToN12(t *testing.T) {
	one, two := pgtest.Start(t), pgtest.Start(t)
	first, second := one.Database(t), two.Database(t)
	address, p := through(t, first)
	h := housed(t, address)
	h.create("d")
	h.write("d")
	u, err := url.Parse(second)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := openURL(t, second)
	p.redirect(u)
	one.Kill9()
	for _, call := range []func() error{
		func() error { return appendTo(t, h.store, "d", 2) },
		func() error { return h.store.SetTitle(t.Context(), "d", "title") },
		func() error {
			return h.store.CreateDocument(t.Context(), storage.Document{ID: "x", Owner: "ann"}, []storage.Op{op(1)})
		},
	} {
		err := call()
		for range 20 { // connections that stood before are found out one by one
			if err != nil && strings.Contains(err.Error(), "another") {
				break
			}
			err = call()
		}
		if err == nil || !strings.Contains(err.Error(), "another") {
			t.Errorf("a write there = %v", err)
		}
	}
	if _, err := elsewhere.Head(t.Context(), "x"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("it was written: %v", err)
	}
}
