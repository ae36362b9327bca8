package postgres_test

import (
	"testing"

	"quire/storage/storagetest"
	"quire/storage/storagetest/pgtest"
)

// Locks are taken in one order: nothing is refused, let alone repeated, because two wait for each other.
func TestRacesOverTwoNodes(t *testing.T) {
	database := pgtest.Database(t)
	a, b := openURL(t, database), openURL(t, database)
	storagetest.Races(t, a, b)
	if n := a.Stats().Retries + b.Stats().Retries; n != 0 {
		t.Errorf("%d deadlocks", n)
	}
}
