package postgres_test

import (
	"strings"
	"testing"

	"quire/storage"
	"quire/storage/storagetest/pgtest"
)

// Whoever opens a document first after a start waits for nothing that the next one does not wait for.
func TestAConnectionIsReadyForOpeningADocument(t *testing.T) {
	url := pgtest.Database(t)
	join := "?"
	if strings.Contains(url, "?") {
		join = "&"
	}
	s := openURL(t, url+join+"pool_max_conns=1")
	unready, err := s.UnreadyForTest(t.Context())
	if err != nil || len(unready) > 0 {
		t.Fatalf("not ready for %q, %v", unready, err)
	}
	before, err := s.StatementsForTest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// What opening does asks for no statement that the connection does not know.
	s.Document(t.Context(), "none")
	s.HeldRoles(t.Context(), "none", "nobody")
	s.Load(t.Context(), "none", storage.Newest, 1<<20)
	after, err := s.StatementsForTest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const why = 1 // there is nothing: asked only of a document that is not there
	if after-before > why {
		t.Errorf("%d statements more after opening a document, of which %d were foreseen", after-before, why)
	}
}
