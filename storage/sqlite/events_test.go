package sqlite

import (
	"slices"
	"testing"

	"modernc.org/sqlite"

	"quire/storage"
)

// N7: of a change whose outcome nobody knows the event is heard all the same, without a number; of one that another process
// makes on the file nothing is heard.
func TestHearN7(t *testing.T) {
	path := newFile(t)
	s, other := openMigrated(t, path), openMigrated(t, path)
	if err := s.CreateDocument(t.Context(), storage.Document{ID: "d", Owner: "ann"}, nil); err != nil {
		t.Fatal(err)
	}
	var heard []storage.Event
	defer s.Hear(func(events []storage.Event) { heard = append(heard, events...) })()
	if err := other.SetTitle(t.Context(), "d", "by another"); err != nil {
		t.Fatal(err)
	}
	refuseCommits(t, s, true)
	if err := s.SetTitle(t.Context(), "d", "unknown"); err == nil || storage.Refused(err) {
		t.Errorf("SetTitle whose COMMIT failed = %v, want an error that refuses nothing", err)
	}
	refuseCommits(t, s, false)
	if err := s.SetTitle(t.Context(), "d", "known"); err != nil {
		t.Fatal(err)
	}
	var numbers []int64
	for _, e := range heard {
		numbers = append(numbers, e.N)
	}
	if !slices.Equal(numbers, []int64{0, 2}) {
		t.Errorf("heard numbers %v, want 0 of the unknown change and 2 of the one after the other process's", numbers)
	}
}

// refuseCommits has COMMIT fail in the connection that writes.
func refuseCommits(t *testing.T, s *Store, refuse bool) {
	t.Helper()
	conn, err := s.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var hook sqlite.CommitHookFn
	if refuse {
		hook = func() int32 { return 1 }
	}
	if err := conn.Raw(func(c any) error {
		c.(sqlite.HookRegisterer).RegisterCommitHook(hook)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
