package postgres_test

import (
	"errors"
	"testing"

	"quire/storage"
	"quire/storage/storagetest/pgtest"
)

// renew ends every connection to the database but the one that does it.
const renew = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`

// L11: a database that was read-only for a while leaves behind connections that refuse for ever. They are given up, and Ping,
// which is what readiness is judged by, tells while nothing can be written and no longer.
func TestReadOnlyForAWhileL11(t *testing.T) {
	database := pgtest.Database(t)
	s, by := openURL(t, database), openURL(t, database+"&pool_max_conns=1")
	create(t, s, "d")
	exec := func(statement string) {
		t.Helper()
		if _, err := by.ExecForTest(statement); err != nil {
			t.Fatal(err)
		}
	}
	var name string
	if err := by.QueryForTest([]any{&name}, `SELECT current_database()`); err != nil {
		t.Fatal(err)
	}
	exec(`ALTER DATABASE ` + name + ` SET default_transaction_read_only = on`)
	exec(renew)
	if _, err := s.StandForTest(t.Context(), 4); err != nil && !errors.Is(err, storage.ErrUnavailable) { // of that time
		t.Log(err)
	}
	if err := appendTo(t, s, "d", 0); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Append meanwhile = %v, want ErrUnavailable", err)
	}
	s.SetTitle(t.Context(), "d", "title") // may find its connection ended
	if err := s.SetTitle(t.Context(), "d", "title"); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("SetTitle meanwhile = %v, want ErrUnavailable", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, storage.ErrNoWrites) {
		t.Errorf("Ping meanwhile = %v, want ErrNoWrites", err)
	}
	if _, err := s.Load(t.Context(), "d", storage.Newest, 0); err != nil {
		t.Errorf("Load meanwhile = %v", err)
	}
	exec(`ALTER DATABASE ` + name + ` RESET default_transaction_read_only`)
	if err := appendTo(t, s, "d", 0); err != nil {
		t.Errorf("Append afterwards = %v", err)
	}
	failed := 0
	for range 20 {
		if err := s.SetTitle(t.Context(), "d", "title"); err != nil {
			failed++
		}
	}
	if failed > 3 {
		t.Errorf("%d of 20 changes failed afterwards", failed)
	}
	for err := s.Ping(t.Context()); err != nil; err = s.Ping(t.Context()) { // within seconds
		if !errors.Is(err, storage.ErrNoWrites) {
			t.Fatal(err)
		}
	}
}
