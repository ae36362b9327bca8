package storagetest

import (
	"fmt"
	"testing"

	"quire/storage"
)

var readRules = []rule{
	{"P3", "Read gives every span exactly, page by page without gap or overlap", readSpans},
	{"P3", "Read gives an op larger than the limit alone", readLarge},
	{"L9", "a revision beyond the head is told apart", aheadOfHead},
	{"L3", "Find looks from the given revision on and gives the first", findFrom},
	{"L3", "Find tells clients and numbers apart", findExact},
	{"P4", "Load is one consistent read while others append", loadConsistent},
	{"P9", "Load reaches every revision", loadEvery},
	{"P8", "Load gives no more than its limit and Read the rest", loadLimit},
}

// variedLog creates a document with several commits of ops of different sizes, and returns all its ops.
func variedLog(t *testing.T, s storage.Store, id storage.DocumentID) []storage.Op {
	t.Helper()
	create(t, s, id, 2)
	all := opsOf("first", 2)
	for commit, n := range []int{1, 3, 1, 5, 2, 1} {
		ops := opsOf(fmt.Sprint("c", commit), n)
		for i := range ops {
			ops[i].Body = append(ops[i].Body, make([]byte, (commit*31+i*17)%90)...)
		}
		appendOps(t, s, id, storage.Revision(len(all)), ops...)
		all = append(all, ops...)
	}
	return all
}

func readSpans(t *testing.T, s storage.Store) {
	all := variedLog(t, s, "d")
	variedLog(t, s, "c") // neighbours, whose rows must not be read
	variedLog(t, s, "e")
	end := storage.Revision(len(all))
	for from := range end + 1 {
		for to := from; to <= end; to++ {
			wantSame(t, fmt.Sprintf("Read %d to %d", from, to), read(t, s, "d", from, to, 0), all[from:to])
		}
	}
	wantSame(t, "Read to the newest", read(t, s, "d", 1, storage.Newest, 0), all[1:])
	wantSame(t, "Read beyond the head", read(t, s, "d", 1, end+100, 0), all[1:])
	wantSame(t, "Read backwards", read(t, s, "d", 3, 1, 0), []storage.Op{})
	for _, limit := range []int{1, 60, 150, 400} {
		for from := range end {
			for at := from; at < end; {
				page := read(t, s, "d", at, storage.Newest, limit)
				wantSame(t, fmt.Sprintf("page at %d, limit %d", at, limit), page, storage.Cut(all[at:], limit))
				if len(page) == 0 {
					t.Fatal("an empty page before the end")
				}
				at += storage.Revision(len(page))
			}
		}
	}
}

func readLarge(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	ops := opsOf("a", 3)
	ops[1].Body = make([]byte, 1<<20)
	appendOps(t, s, "d", 0, ops...)
	wantSame(t, "first page", len(read(t, s, "d", 0, storage.Newest, 1000)), 1)
	wantSame(t, "large page", read(t, s, "d", 1, storage.Newest, 1000), ops[1:2])
	wantSame(t, "last page", read(t, s, "d", 2, storage.Newest, 1000), ops[2:])
}

func aheadOfHead(t *testing.T, s storage.Store) {
	create(t, s, "d", 3)
	_, err := s.Read(t.Context(), "d", 4, storage.Newest, 0)
	wantErr(t, "Read from 4 of 3", err, storage.ErrAhead)
	_, err = s.Load(t.Context(), "d", 4, 0)
	wantErr(t, "Load at 4 of 3", err, storage.ErrAhead)
	_, _, err = s.Find(t.Context(), "d", 4, "first", 1)
	wantErr(t, "Find from 4 of 3", err, storage.ErrAhead)
	wantErr(t, "SaveSnapshot of 4 of 3", s.SaveSnapshot(t.Context(), "d", storage.Snapshot{Revision: 4}), storage.ErrAhead)
	_, err = s.Read(t.Context(), "d", -1, 2, 0)
	wantErr(t, "Read from -1", err, storage.ErrInvalid)
	_, err = s.Load(t.Context(), "d", -2, 0)
	wantErr(t, "Load at -2", err, storage.ErrInvalid)
	wantSame(t, "Read at the head", read(t, s, "d", 3, storage.Newest, 0), []storage.Op{})
}

func findFrom(t *testing.T, s storage.Store) {
	all := variedLog(t, s, "d")
	again := all[5]
	again.Body = []byte("the same client and number, later")
	appendOps(t, s, "d", storage.Revision(len(all)), again)
	for from := range storage.Revision(len(all)) + 1 {
		at, found, err := s.Find(t.Context(), "d", from, again.Client, again.Seq)
		noErr(t, fmt.Sprint("Find from ", from), err)
		want, wantAt := all[5], storage.Revision(5)
		if from > 5 {
			want, wantAt = again, storage.Revision(len(all))
		}
		wantSame(t, fmt.Sprint("Find from ", from), found, want)
		wantSame(t, fmt.Sprint("revision found from ", from), at, wantAt)
	}
	_, _, err := s.Find(t.Context(), "d", storage.Revision(len(all))+1, again.Client, again.Seq)
	wantErr(t, "Find at the head", err, storage.ErrNotFound)
}

func findExact(t *testing.T, s storage.Store) {
	create(t, s, "other", 9)
	create(t, s, "d", 0)
	appendOps(t, s, "d", 0, op("a", 1), op("a", 2), op("ab", 1))
	for _, c := range []struct {
		client string
		seq    int64
	}{{"a", 3}, {"A", 1}, {"a ", 1}, {"", 1}, {"b", 1}, {"first", 1}, {"a", -1}} {
		_, _, err := s.Find(t.Context(), "d", 0, c.client, c.seq)
		wantErr(t, fmt.Sprintf("Find(%q, %d)", c.client, c.seq), err, storage.ErrNotFound)
	}
}

func loadConsistent(t *testing.T, s storage.Store) {
	const commits = 40
	create(t, s, "d", 0)
	together(3, func(i int) {
		if i == 0 {
			for n := range commits {
				appendOps(t, s, "d", storage.Revision(3*n), opsOf(fmt.Sprint(n), 3)...)
				if n%4 == 3 {
					noErr(t, "SaveSnapshot", s.SaveSnapshot(t.Context(), "d", storage.Snapshot{Revision: storage.Revision(3 * n), Body: []byte(fmt.Sprint(3 * n))}))
				}
			}
			return
		}
		for {
			l, err := s.Load(t.Context(), "d", storage.Newest, 0)
			if err != nil {
				t.Errorf("Load = %v", err)
				return
			}
			if got := l.Snapshot.Revision + storage.Revision(len(l.Ops)); got != l.Head.Revision || l.Head.Revision%3 != 0 {
				t.Errorf("snapshot %d and %d ops make %d, but the head is %d", l.Snapshot.Revision, len(l.Ops), got, l.Head.Revision)
				return
			}
			if l.Snapshot.Revision > 0 && string(l.Snapshot.Body) != fmt.Sprint(l.Snapshot.Revision) {
				t.Errorf("snapshot %d has the body %q", l.Snapshot.Revision, l.Snapshot.Body)
			}
			for k, o := range l.Ops {
				if want := fmt.Sprint((int(l.Snapshot.Revision) + k) / 3); o.Client != want {
					t.Errorf("op %d after snapshot %d is of commit %s, want %s", k, l.Snapshot.Revision, o.Client, want)
				}
			}
			if l.Head.Revision == 3*commits || t.Failed() {
				return
			}
		}
	})
}

func loadEvery(t *testing.T, s storage.Store) {
	all := variedLog(t, s, "d")
	for _, at := range []storage.Revision{4, 9} {
		noErr(t, "SaveSnapshot", s.SaveSnapshot(t.Context(), "d", storage.Snapshot{Revision: at, Body: []byte{byte(at)}}))
	}
	for at := range storage.Revision(len(all)) + 1 {
		var want storage.Revision
		switch {
		case at >= 9:
			want = 9
		case at >= 4:
			want = 4
		}
		l := load(t, s, "d", at)
		wantSame(t, fmt.Sprint("snapshot for ", at), l.Snapshot.Revision, want)
		wantSame(t, fmt.Sprint("ops for ", at), l.Ops, all[want:at])
		wantSame(t, fmt.Sprint("head for ", at), l.Head.Revision, storage.Revision(len(all)))
		wantSame(t, fmt.Sprint("document for ", at), l.Document.Owner, storage.UserID("ann"))
	}
}

func loadLimit(t *testing.T, s storage.Store) {
	all := variedLog(t, s, "d")
	for _, limit := range []int{1, 100, 500} {
		l, err := s.Load(t.Context(), "d", storage.Newest, limit)
		noErr(t, "Load", err)
		wantSame(t, fmt.Sprint("ops within ", limit), l.Ops, storage.Cut(all, limit))
		rest := read(t, s, "d", storage.Revision(len(l.Ops)), l.Head.Revision, 0)
		wantSame(t, fmt.Sprint("the rest after ", limit), rest, all[len(l.Ops):])
	}
}
