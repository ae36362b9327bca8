package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"quire/server/audit"
)

// withAuditLog is the environment of a database in a folder of its own.
func withAuditLog(t *testing.T, value string) string {
	return "DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "quire.db") + "\nAUDIT_LOG=" + value
}

// Commands write to AUDIT_LOG as the server does.
func TestAuditLogGoesToAFileOrToStandardOutput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	if _, err := once(withAuditLog(t, file), "user", "add", "Ada", "ada@example.org"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), "\n") == 0 || !strings.Contains(string(text), `"action":"user.create"`) {
		t.Errorf("the file holds %q, %v", text, err)
	}
	said, err := once(withAuditLog(t, "stdout"), "user", "add", "Ada", "ada@example.org")
	if err != nil || !strings.Contains(said, `{"kind":"audit",`) {
		t.Errorf("standard output is %q, %v", said, err)
	}
}

func TestAnAuditLogThatCannotBeWrittenStopsTheStart(t *testing.T) {
	if _, err := once(withAuditLog(t, t.TempDir()), "user", "list"); err == nil || !strings.Contains(err.Error(), "AUDIT_LOG") {
		t.Errorf("the error is %v, want one that names AUDIT_LOG", err)
	}
}

// What rotates logs moves the file away and sends SIGHUP.
func TestTheAuditLogIsOpenedAgainAtASignal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	journal, err := audit.OpenJournal(path, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	a := &app{journal: journal, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	signals := make(chan os.Signal)
	ctx, stop := context.WithCancel(t.Context())
	var reopening sync.WaitGroup
	reopening.Go(func() { a.reopenJournal(ctx, signals) })
	defer reopening.Wait() // before the file is closed
	defer stop()
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	signals <- syscall.SIGHUP
	signals <- syscall.SIGHUP // is received only when the first was handled
	if _, err := os.Stat(path); err != nil {
		t.Error("no new file: ", err)
	}
}
