package sqlite

import (
	"os"
	"testing"

	"quire/storage"
	"quire/storage/storagetest"
)

// Two processes on one file, if everything is to be tested: they wait for each other by asking again and again.
func TestRaces(t *testing.T) {
	path := newFile(t)
	stores := []storage.Store{openMigrated(t, path)}
	if os.Getenv("QUIRE_FULL") != "" {
		stores = append(stores, openMigrated(t, path))
	}
	storagetest.Races(t, stores...)
}
