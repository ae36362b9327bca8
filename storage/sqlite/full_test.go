package sqlite

import (
	"errors"
	"fmt"
	"testing"

	"quire/storage"
)

// While the disk is full nothing is lost, and Ping, which is what readiness is judged by, tells; with room again it stops telling.
func TestFullDiskIsToldByPing(t *testing.T) {
	s := open(t)
	if err := s.CreateDocument(t.Context(), storage.Document{ID: "d", Owner: "ann"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	pages := func(most int) {
		t.Helper()
		if _, err := s.db.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, most)); err != nil {
			t.Fatal(err)
		}
	}
	pages(1) // as many as there are
	large := storage.Op{Client: "c", Seq: 1, Author: "ann", Body: make([]byte, 1<<20)}
	if err := s.Append(t.Context(), []storage.Batch{{Document: "d", Ops: []storage.Op{large}}})[0]; !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Append = %v, want ErrUnavailable", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, storage.ErrNoWrites) {
		t.Errorf("Ping with a full disk = %v, want ErrNoWrites", err)
	}
	if _, err := s.Load(t.Context(), "d", storage.Newest, 0); err != nil {
		t.Errorf("Load with a full disk = %v", err)
	}
	pages(1 << 30)
	if err := s.Append(t.Context(), []storage.Batch{{Document: "d", Ops: []storage.Op{large}}})[0]; err != nil {
		t.Errorf("Append with room again = %v", err)
	}
	for err := s.Ping(t.Context()); err != nil; err = s.Ping(t.Context()) { // within seconds
		if !errors.Is(err, storage.ErrNoWrites) {
			t.Fatal(err)
		}
	}
}
