package postgres_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/storagetest/pgtest"
)

// A plan that was made while the tables were empty, and kept, must not read more as they grow: it once cost ten times
// the commit itself.
func TestPlansMadeOnEmptyTables(t *testing.T) {
	const documents, commits = 100, 200
	s := openURL(t, pgtest.Database(t)+"&pool_max_conns=8") // some are held below
	kept := map[string]func() (string, error){}
	for name, query := range postgres.ReadsForTest {
		explain, give, err := s.PrepareForTest(t.Context(), query, `('d50', 10, 12, 100)`)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		defer give()
		kept[name] = explain
	}
	if err := appendTo(t, s, "nobody", 0); err == nil { // the first plan, with nothing there at all
		t.Fatal("Append to a document that is not there succeeded")
	}
	for i := range documents {
		create(t, s, storage.DocumentID(fmt.Sprint("d", i)))
	}
	for n := range storage.Revision(commits) {
		batches := make([]storage.Batch, documents)
		for i := range batches {
			batches[i] = storage.Batch{Document: storage.DocumentID(fmt.Sprint("d", i)), Base: n, Ops: []storage.Op{op(int64(n) + 1)}}
		}
		for _, err := range s.Append(t.Context(), batches) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, explain := range kept {
		plan, err := explain()
		if err != nil {
			t.Fatal(err)
		}
		wantLookups(t, name, plan)
	}
	plan, err := s.ExplainAppendForTest(t.Context(), "d50", commits)
	if err != nil {
		t.Fatal(err)
	}
	wantLookups(t, "append", plan)
}

var touched = regexp.MustCompile(`Buffers: shared hit=(\d+)`)

// wantLookups fails unless plan reads few pages (of 8 kB), by index.
func wantLookups(t *testing.T, name, plan string) {
	t.Helper()
	const fewPages = 60
	for _, bad := range []string{"Seq Scan", "Hash Join", "Merge Join"} {
		if strings.Contains(plan, bad) {
			t.Errorf("%s: %s in\n%s", name, bad, plan)
		}
	}
	first := touched.FindStringSubmatch(plan)
	if first == nil {
		t.Fatalf("%s: no pages in\n%s", name, plan)
	}
	if pages, err := strconv.Atoi(first[1]); err != nil || pages > fewPages {
		t.Errorf("%s touches %s pages, want at most %d\n%s", name, first[1], fewPages, plan)
	}
}
