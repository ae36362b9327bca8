package audit

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quire/server/problem"
	"quire/storage"
	"quire/storage/memory"
)

// do writes an entry of this action about a change that ends with err.
func do(t *testing.T, store storage.Store, action string, err error) {
	t.Helper()
	e := storage.AuditEntry{At: time.UnixMilli(1_700_000_000_123), Action: action, Subject: "a\x00b", Detail: Detail("role", "editor"), Address: "192.0.2.1"}
	if got := Do(t.Context(), store, slog.New(slog.DiscardHandler), e, func() error { return err }); !errors.Is(got, err) {
		t.Fatal(got)
	}
}

func TestAJournalHasALineForEachEntryThatStays(t *testing.T) {
	var out bytes.Buffer
	store := Journaled(memory.New(), NewJournal(&out, func(err error) { t.Error(err) }))
	do(t, store, "grant.set", nil)
	do(t, store, "grant.remove", problem.Invalid("no")) // struck
	do(t, store, "link.create", context.DeadlineExceeded)
	want := `{"kind":"audit","id":1,"at":"2023-11-14T22:13:20.123Z","action":"grant.set","subject":"a�b","detail":{"role":"editor"},"address":"192.0.2.1"}` + "\n" +
		`{"kind":"audit","id":3,"at":"2023-11-14T22:13:20.123Z","action":"link.create","subject":"a�b","detail":{"role":"editor"},"address":"192.0.2.1"}` + "\n"
	if out.String() != want {
		t.Errorf("the lines are\n%swant\n%s", out.String(), want)
	}
	if rows, err := store.Audit(t.Context(), storage.AuditQuery{Limit: 9}); err != nil || len(rows) != 2 {
		t.Errorf("%v rows, %v", rows, err)
	}
}

func TestALineComesAlsoWhenTheChangePanics(t *testing.T) {
	var out bytes.Buffer
	store := Journaled(memory.New(), NewJournal(&out, func(err error) { t.Error(err) }))
	func() {
		defer func() { recover() }()
		Do(t.Context(), store, slog.Default(), storage.AuditEntry{Action: "grant.set"}, func() error { panic("broken") })
	}()
	if strings.Count(out.String(), "\n") != 1 {
		t.Errorf("the lines are %q, want one: the entry stays", out.String())
	}
}

func TestAJournalGoesOnInANewFileWhenTheOldOneIsMovedAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	j, err := OpenJournal(path, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	store := Journaled(memory.New(), j)
	do(t, store, "one.before", nil)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	do(t, store, "one.moved", nil)
	if err := j.Reopen(); err != nil {
		t.Fatal(err)
	}
	do(t, store, "one.after", nil)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{path + ".1": {"one.before", "one.moved"}, path: {"one.after"}} {
		text, err := os.ReadFile(name)
		if err != nil || strings.Count(string(text), "\n") != len(want) || !strings.Contains(string(text), want[len(want)-1]) {
			t.Errorf("%s holds %q, %v, want %v", filepath.Base(name), text, err, want)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v, want for its owner only", info.Mode(), err)
	}
}

func TestWhatAJournalCannotWriteIsToldAndChangesNothing(t *testing.T) {
	var told []error
	store := Journaled(memory.New(), NewJournal(full{}, func(err error) { told = append(told, err) }))
	do(t, store, "grant.set", nil)
	if len(told) != 1 || !errors.Is(told[0], errFull) {
		t.Errorf("told %v", told)
	}
}

var errFull = errors.New("no space left")

// full is a disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
