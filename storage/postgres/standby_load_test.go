package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"quire/collab"
	"quire/collab/delta"
	"quire/storage"
)

// written names an op: each is in the log of its document once.
type written struct {
	client string
	seq    int64
}

// load is writers who each send one op after the other, and each again until it is acknowledged.
type load struct {
	*replicated
	documents []storage.DocumentID
	all       sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond
	acked   map[storage.DocumentID]map[written]storage.Revision
	good    []int // by writer: how many ops were acknowledged
	bad     []int // and how often one was not, or not in time
	ended   bool
}

func (r *replicated) load(documents, writers int) *load {
	r.Helper()
	l := &load{replicated: r, acked: map[storage.DocumentID]map[written]storage.Revision{}, good: make([]int, writers), bad: make([]int, writers)}
	l.changed = sync.NewCond(&l.mu)
	for i := range documents {
		id := storage.DocumentID(fmt.Sprint("load", i))
		if _, err := r.hub.Create(r.Context(), ann, storage.Document{ID: id}, delta.FromText("text\n")); err != nil {
			r.Fatal(err)
		}
		l.documents, l.acked[id] = append(l.documents, id), map[written]storage.Revision{}
	}
	for i := range writers {
		l.all.Go(func() { l.write(i) })
	}
	r.Cleanup(l.end)
	return l
}

func (l *load) write(writer int) {
	document := l.documents[writer%len(l.documents)]
	one, base := written{fmt.Sprint("c", writer), 1}, storage.Revision(1)
	for !l.over() {
		got, err := l.try(document, one, base)
		l.mu.Lock()
		switch {
		case err == nil:
			l.acked[document][one], base = got, got
			l.good[writer]++
			one.seq++
		case errors.Is(err, collab.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded):
			l.bad[writer]++
		case !l.ended:
			l.Errorf("%v: %v", one, err)
			l.ended = true
		}
		l.changed.Broadcast()
		l.mu.Unlock()
	}
}

func (l *load) try(document storage.DocumentID, one written, base storage.Revision) (storage.Revision, error) {
	ctx, stop := context.WithTimeout(context.Background(), 10*patience)
	defer stop()
	got, err := l.hub.Submit(ctx, document, collab.Submission{Who: ann, Client: one.client, Seq: one.seq, Base: base, Op: delta.Delta{delta.Insert("x")}})
	return got.Revision, err
}

func (l *load) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended
}

func (l *load) end() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.all.Wait()
}

// until returns when each of the counts, l.good or l.bad, has grown by more.
func (l *load) until(counts []int, more int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := slices.Clone(counts)
	for i := range counts {
		for counts[i] < before[i]+more && !l.ended {
			l.changed.Wait()
		}
	}
}

// holdsAll checks that every acknowledged op is in the log, in its place, and none is there twice.
func (l *load) holdsAll() {
	l.Helper()
	for _, document := range l.documents {
		ops, err := l.store.Read(l.Context(), document, 0, storage.Newest, 0)
		for errors.Is(err, storage.ErrUnavailable) { // connections to a server that is gone are found out one by one
			ops, err = l.store.Read(l.Context(), document, 0, storage.Newest, 0)
		}
		if err != nil {
			l.Fatal(err)
		}
		at := map[written]storage.Revision{}
		for i, op := range ops {
			one := written{op.Client, op.Seq}
			if at[one] != 0 && op.Client != "" {
				l.Errorf("P1: op %v is in %s at %d and at %d", one, document, at[one], i+1)
			}
			at[one] = storage.Revision(i) + 1
		}
		missing := 0
		for one, where := range l.acked[document] {
			if at[one] != where {
				missing++
			}
		}
		if missing > 0 {
			l.Errorf("P1: of %d acknowledged ops of %s %d are not where they were acknowledged", len(l.acked[document]), document, missing)
		}
		l.Logf("%s: %d ops, %d acknowledged", document, len(ops), len(l.acked[document]))
	}
}

// P1, L10: twenty people write to several documents while the standby is away for longer than a commit is waited for, and comes
// back; while it is away again, and what waits is cut short by hand and by a crash; and while the primary is lost for good and the
// standby takes over. Every op that was acknowledged is in its log, once.
func TestUnderLoadNothingAcknowledgedIsLostWithThePrimaryP1L10(t *testing.T) {
	if os.Getenv("QUIRE_LONG") == "" {
		t.Skip("takes half a minute or more: set QUIRE_LONG=1, and QUIRE_FULL=1 or TEST_DATABASE_URL as every test with a Postgres needs")
	}
	r := replicate(t)
	l := r.load(5, 20)
	l.until(l.good, 3)

	r.standby.Stop()
	l.until(l.bad, 2)
	r.standbyStarts()
	l.until(l.good, 3)

	r.standby.Stop()
	l.until(l.bad, 1)
	r.primary.Exec(t, `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)
	l.until(l.bad, 1)
	r.primary.Kill9()
	if err := r.primary.Start(); err != nil {
		t.Fatal(err)
	}
	l.until(l.bad, 2)
	r.primary.Kill9() // for good
	r.standbyStarts()
	r.standby.Promote(t)
	l.until(l.good, 3)
	l.end()
	l.holdsAll()
}

func (r *replicated) standbyStarts() {
	r.Helper()
	if err := r.standby.Start(); err != nil {
		r.Fatal(err)
	}
}
