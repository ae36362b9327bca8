package postgres_test

import (
	"errors"
	"testing"

	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/storagetest/pgtest"
)

// terminate ends backends as a restart of the server does, and returns when they are gone.
func terminate(t *testing.T, by *postgres.Store, pids []int32) {
	t.Helper()
	for left := len(pids); left > 0; {
		if err := by.QueryForTest([]any{&left}, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid = ANY($1)`, pids); err != nil {
			t.Fatal(err)
		}
	}
}

// After a restart of the database one request may find a broken connection, not one for each that stood in the pool.
func TestOneBrokenConnectionIsEnoughToDoubtTheOthers(t *testing.T) {
	database := pgtest.Database(t)
	s, other := openURL(t, database), openURL(t, database)
	create(t, s, "d")
	pids, err := s.StandForTest(t.Context(), 6)
	if err != nil {
		t.Fatal(err)
	}
	terminate(t, other, pids)
	failed := 0
	for range 8 {
		if _, err := s.Load(t.Context(), "d", storage.Newest, 0); errors.Is(err, storage.ErrUnavailable) {
			failed++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if failed > 1 {
		t.Errorf("%d of 8 readers found a broken connection, want 1 at most", failed)
	}
}

// A commit that finds its connection broken spares the readers even that.
func TestABrokenCommitIsAWarningToReaders(t *testing.T) {
	database := pgtest.Database(t)
	s, other := openURL(t, database), openURL(t, database)
	create(t, s, "d")
	if err := appendTo(t, s, "d", 0); err != nil {
		t.Fatal(err)
	}
	pids, err := s.StandForTest(t.Context(), 6)
	if err != nil {
		t.Fatal(err)
	}
	committing, err := s.CommitterForTest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	terminate(t, other, append(pids, committing))
	appendTo(t, s, "d", 1) // fails, or on a slow machine asks first whether its connection still stands
	for range 8 {
		if _, err := s.Load(t.Context(), "d", storage.Newest, 0); err != nil {
			t.Errorf("Load = %v", err)
		}
	}
}
