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
	const middle = `('d50', 10, 12, 100)`
	s := openURL(t, pgtest.Database(t)+"&pool_max_conns=8") // some are held below
	kept := map[string]func(args string) (string, error){}
	for name, query := range postgres.ReadsForTest {
		explain, give, err := s.PrepareForTest(t.Context(), query, `text, bigint, bigint, bigint`, middle)
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
		plan, err := explain(middle)
		if err != nil {
			t.Fatal(err)
		}
		wantLookups(t, name, plan, fewPages)
	}
	plan, err := s.ExplainAppendForTest(t.Context(), "d50", commits)
	if err != nil {
		t.Fatal(err)
	}
	wantLookups(t, "append", plan, fewPages)
}

// A commit of few documents was planned each time, since a plan for these few seems cheaper than the one for any number: it
// took a third of what the commit took.
func TestCommitsAreNotPlanned(t *testing.T) {
	s := open(t)
	create(t, s, "d")
	const commits = 20
	for n := range storage.Revision(commits) {
		if err := appendTo(t, s, "d", n); err != nil {
			t.Fatal(err)
		}
	}
	anew, kept, err := s.AppendPlansForTest(t.Context())
	if err != nil || anew != 0 || kept < commits {
		t.Errorf("planned %d times, by the plan that is kept %d times, %v; want none and all %d", anew, kept, err, commits)
	}
}

// What the server knows of the tables is older than the document that has grown most since, and by it that one has next to no
// rows: then what it takes for cheap must be so for 20,000 too.
func TestPlansOfADocumentThatGrewSinceStatisticsWereMade(t *testing.T) {
	s := openURL(t, pgtest.Database(t))
	rows := func(doc string, ops, snapshots int) []string {
		return []string{
			fmt.Sprintf(`INSERT INTO ops SELECT '%s', i, 1, '\x00' FROM generate_series(0, %d) i`, doc, ops-1),
			fmt.Sprintf(`INSERT INTO snapshots SELECT '%s', i * 1000, 0, '', '\x00' FROM generate_series(1, %d) i`, doc, snapshots),
		}
	}
	statements := []string{`ALTER TABLE ops SET (autovacuum_enabled = false)`, `ALTER TABLE snapshots SET (autovacuum_enabled = false)`}
	for i := range 50 {
		statements = append(statements, rows(fmt.Sprint("known", i), 200, 20)...)
	}
	statements = append(append(statements, `ANALYZE`), rows("late", 20_000, 500)...)
	for _, statement := range statements {
		if _, err := s.ExecForTest(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	for name, query := range postgres.ReadsForTest {
		for _, doc := range []string{"late", "known7"} {
			plan, err := s.ExplainForTest(t.Context(), query, `text, bigint, bigint, bigint`, fmt.Sprintf(`('%s', 19990, 20000, 1000)`, doc))
			if err != nil {
				t.Fatal(err)
			}
			if pages := pagesOf(t, name, plan); pages > fewPages {
				t.Errorf("%s of %s touches %d pages, want at most %d\n%s", name, doc, pages, fewPages, plan)
			}
		}
	}
}

var touched = regexp.MustCompile(`Buffers: shared hit=(\d+)`)

// fewPages (of 8 kB) are what a look-up by key reads, in tables of many levels too.
const fewPages = 60

// wantLookups fails unless plan reads at most so many pages, by index.
func wantLookups(t *testing.T, name, plan string, most int) {
	t.Helper()
	for _, bad := range []string{"Seq Scan", "Hash Join", "Merge Join"} {
		if strings.Contains(plan, bad) {
			t.Errorf("%s: %s in\n%s", name, bad, plan)
		}
	}
	if pages := pagesOf(t, name, plan); pages > most {
		t.Errorf("%s touches %d pages, want at most %d\n%s", name, pages, most, plan)
	}
}

// pagesOf is how many pages a plan touched in all.
func pagesOf(t *testing.T, name, plan string) int {
	t.Helper()
	first := touched.FindStringSubmatch(plan)
	if first == nil {
		t.Fatalf("%s: no pages in\n%s", name, plan)
	}
	pages, err := strconv.Atoi(first[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages
}
