package storagetest

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"quire/storage"
)

var logRules = []rule{
	{"L1", "of many writers at one base exactly one wins", oneWins},
	{"L1", "a batch is stored whole or not at all", wholeOrNot},
	{"L1", "a base before or beyond the head is a conflict", wrongBase},
	{"L1", "writers that read again after a conflict lose nothing", allArrive},
	{"L2", "a context that is done stores nothing and says so", doneContext},
	{"L4", "a conflict in one document leaves the others stored", conflictAlone},
	{"L4", "unknown, deleted and invalid batches leave the others stored", refusedAlone},
	{"L4", "a hundred documents commit at once, in whatever order they stand", manyAtOnce},
	{"L7", "an id never used is not found, a deleted one is told apart", notFoundOrDeleted},
	{"E1", "any byte of a body and of a client's name comes back as it was", anyBytes},
	{"E1", "what is given or got may be overwritten", copiesBytes},
	{"Log", "the head counts revisions and bytes and names the last author", headCounts},
	{"L9", "the epoch stays until it is renewed", epochStays},
	{"N12", "what was made before the log went back is refused", rewoundRefused},
}

func oneWins(t *testing.T, s storage.Store) {
	const writers, rounds = 8, 10
	create(t, s, "d", 0)
	for round := range rounds {
		errs := make([]error, writers)
		together(writers, func(i int) {
			ops := []storage.Op{op(fmt.Sprint("w", i), int64(round)), op(fmt.Sprint("w", i), int64(round))}
			errs[i] = s.Append(t.Context(), []storage.Batch{{Document: "d", Base: storage.Revision(2 * round), Ops: ops}})[0]
		})
		if won, lost := count(errs, nil), count(errs, storage.ErrConflict); won != 1 || lost != writers-1 {
			t.Fatalf("round %d: %d won and %d had a conflict, want 1 and %d: %v", round, won, lost, writers-1, errs)
		}
	}
	ops := read(t, s, "d", 0, storage.Newest, 0)
	if len(ops) != 2*rounds {
		t.Fatalf("the log has %d ops, want %d", len(ops), 2*rounds)
	}
	for i := 0; i < len(ops); i += 2 {
		if ops[i].Client != ops[i+1].Client || ops[i].Seq != int64(i/2) {
			t.Errorf("ops %d and %d are %s/%d and %s/%d: not one writer's of that round", i, i+1, ops[i].Client, ops[i].Seq, ops[i+1].Client, ops[i+1].Seq)
		}
	}
}

func wholeOrNot(t *testing.T, s storage.Store) {
	create(t, s, "d", 1)
	appendOps(t, s, "d", 1, opsOf("a", 3)...)
	wantErr(t, "Append at a base that is taken", appendOne(t, s, "d", 2, opsOf("b", 5)...), storage.ErrConflict)
	wantSame(t, "log", read(t, s, "d", 1, storage.Newest, 0), opsOf("a", 3))
}

func wrongBase(t *testing.T, s storage.Store) {
	create(t, s, "d", 2)
	for _, base := range []storage.Revision{0, 1, 3, 1000} {
		wantErr(t, fmt.Sprint("Append at ", base), appendOne(t, s, "d", base, op("a", 1)), storage.ErrConflict)
	}
	wantErr(t, "Append at -1", appendOne(t, s, "d", -1, op("a", 1)), storage.ErrInvalid)
	if h := head(t, s, "d"); h.Revision != 2 {
		t.Errorf("head = %d, want 2", h.Revision)
	}
}

func allArrive(t *testing.T, s storage.Store) {
	const writers, each = 4, 6
	create(t, s, "d", 0)
	together(writers, func(i int) {
		client := fmt.Sprint("w", i)
		for seq := int64(1); seq <= each; {
			h, err := s.Head(t.Context(), "d")
			if err != nil {
				t.Error(err)
				return
			}
			err = s.Append(t.Context(), []storage.Batch{{Document: "d", Base: h.Revision, Ops: []storage.Op{op(client, seq)}}})[0]
			if err == nil {
				seq++
			} else if count([]error{err}, storage.ErrConflict) == 0 {
				t.Error(err)
				return
			}
		}
	})
	next := map[string]int64{}
	for i, o := range read(t, s, "d", 0, storage.Newest, 0) {
		if next[o.Client]++; o.Seq != next[o.Client] {
			t.Errorf("op %d is %s/%d, want seq %d", i, o.Client, o.Seq, next[o.Client])
		}
	}
	if h := head(t, s, "d"); h.Revision != writers*each {
		t.Errorf("head = %d, want %d", h.Revision, writers*each)
	}
}

func doneContext(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Append(ctx, []storage.Batch{{Document: "d", Ops: opsOf("a", 1)}})[0]
	wantErr(t, "Append with a context that is done", err, storage.ErrUnavailable)
	wantErr(t, "Append with a context that is done", err, context.Canceled)
	_, err = s.Load(ctx, "d", storage.Newest, 0)
	wantErr(t, "Load with a context that is done", err, context.Canceled)
	if h := head(t, s, "d"); h.Revision != 0 {
		t.Errorf("head = %d, want 0", h.Revision)
	}
	appendOps(t, s, "d", 0, op("a", 1)) // and the store still works
}

func conflictAlone(t *testing.T, s storage.Store) {
	var batches []storage.Batch
	for i := range 20 {
		id := storage.DocumentID(fmt.Sprintf("d%02d", 19-i)) // not sorted
		create(t, s, id, i%3)
		batches = append(batches, storage.Batch{Document: id, Base: storage.Revision(i % 3), Ops: opsOf("a", 1+i%4)})
	}
	batches[7].Base += 5
	batches[13].Base = 17
	for i, err := range s.Append(t.Context(), batches) {
		want, base := error(nil), storage.Revision(i%3)
		revision := base + storage.Revision(len(batches[i].Ops))
		if i == 7 || i == 13 {
			want, revision = storage.ErrConflict, base
		}
		wantErr(t, fmt.Sprint("batch ", i), err, want)
		if h := head(t, s, batches[i].Document); h.Revision != revision {
			t.Errorf("batch %d: head = %d, want %d", i, h.Revision, revision)
		}
	}
}

func refusedAlone(t *testing.T, s storage.Store) {
	create(t, s, "b", 0)
	create(t, s, "gone", 0)
	create(t, s, "y", 0)
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "gone", noon))
	got := s.Append(t.Context(), []storage.Batch{
		{Document: "y", Ops: opsOf("a", 2)},
		{Document: "never", Ops: opsOf("a", 1)},
		{Document: "gone", Ops: opsOf("a", 1)},
		{Document: "b", Ops: opsOf("a", 1)},
		{Document: "b", Base: 1, Ops: opsOf("a", 1)},
		{Document: "empty"},
	})
	want := []error{nil, storage.ErrNotFound, storage.ErrDeleted, nil, storage.ErrInvalid, storage.ErrInvalid}
	for i := range want {
		wantErr(t, fmt.Sprint("batch ", i), got[i], want[i])
	}
	if y, b := head(t, s, "y").Revision, head(t, s, "b").Revision; y != 2 || b != 1 {
		t.Errorf("heads = %d and %d, want 2 and 1", y, b)
	}
	if got := s.Append(t.Context(), nil); len(got) != 0 {
		t.Errorf("Append of nothing = %v", got)
	}
}

func manyAtOnce(t *testing.T, s storage.Store) {
	const documents, rounds = 100, 4
	for i := range documents {
		create(t, s, storage.DocumentID(fmt.Sprint("d", i)), 0)
	}
	for round := range rounds {
		var batches []storage.Batch
		for i := range documents {
			id := storage.DocumentID(fmt.Sprint("d", (i*37+round)%documents))
			batches = append(batches, storage.Batch{Document: id, Base: storage.Revision(2 * round), Ops: opsOf(string(id), 2)})
		}
		for i, err := range s.Append(t.Context(), batches) {
			noErr(t, fmt.Sprint("batch ", i), err)
		}
	}
	for i := range documents {
		id := storage.DocumentID(fmt.Sprint("d", i))
		for _, o := range read(t, s, id, 0, storage.Newest, 0) {
			if o.Client != string(id) {
				t.Fatalf("%s holds an op of %s", id, o.Client)
			}
		}
		if h := head(t, s, id); h.Revision != 2*rounds {
			t.Errorf("%s: head = %d, want %d", id, h.Revision, 2*rounds)
		}
	}
}

func notFoundOrDeleted(t *testing.T, s storage.Store) {
	create(t, s, "gone", 3)
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "gone", noon))
	for id, want := range map[storage.DocumentID]error{"gone": storage.ErrDeleted, "never": storage.ErrNotFound, "": storage.ErrNotFound} {
		_, err := s.Head(t.Context(), id)
		wantErr(t, fmt.Sprintf("Head(%q)", id), err, want)
		_, err = s.Load(t.Context(), id, storage.Newest, 0)
		wantErr(t, fmt.Sprintf("Load(%q)", id), err, want)
		_, err = s.Read(t.Context(), id, 0, storage.Newest, 0)
		wantErr(t, fmt.Sprintf("Read(%q)", id), err, want)
		_, _, err = s.Find(t.Context(), id, 0, "first", 1)
		wantErr(t, fmt.Sprintf("Find(%q)", id), err, want)
		_, err = s.Snapshots(t.Context(), id)
		wantErr(t, fmt.Sprintf("Snapshots(%q)", id), err, want)
		wantErr(t, fmt.Sprintf("SaveSnapshot(%q)", id), s.SaveSnapshot(t.Context(), id, storage.Snapshot{}), want)
	}
}

// anyClient are clients' names that a careless store would change, join or compare wrongly.
var anyClient = []string{"", "a", "A", "a ", "ä", "a\u0308", "\x00", "a\x00b", "\xff\xfe", "\xed\xa0\xbd", "%", "_", "'; drop table ops; --", "{\"a\":1}", "😀"}

func anyBytes(t *testing.T, s storage.Store) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	bodies := [][]byte{{}, {0}, every, []byte("\xff\xfe\x00"), []byte(`"op":[{"insert":"\ud83d\u0000"}]`), bytes.Repeat([]byte{0, 255}, 100_000)}
	var ops []storage.Op
	for _, body := range bodies {
		ops = append(ops, storage.Op{Client: "c", Seq: 1<<62 + int64(len(ops)), At: noon, Body: body})
	}
	for i, client := range anyClient {
		ops = append(ops, storage.Op{Client: client, Seq: int64(i), Author: "ann", At: minute(-i), Body: []byte{byte(i)}})
	}
	ops = append(ops, storage.Op{Client: "c", Seq: -1 << 63, Author: "bob", At: noon, Body: []byte("x")})
	create(t, s, "d", 0)
	appendOps(t, s, "d", 0, ops...)
	wantSame(t, "log", read(t, s, "d", 0, storage.Newest, 0), ops)
	for i, client := range anyClient {
		at, found, err := s.Find(t.Context(), "d", 0, client, int64(i))
		noErr(t, fmt.Sprintf("Find(%q)", client), err)
		wantSame(t, fmt.Sprintf("Find(%q)", client), found, ops[len(bodies)+i])
		if int(at) != len(bodies)+i {
			t.Errorf("Find(%q) at %d, want %d", client, at, len(bodies)+i)
		}
	}
	body := append(every, bytes.Repeat([]byte("\x00é"), 50_000)...)
	noErr(t, "SaveSnapshot", s.SaveSnapshot(t.Context(), "d", storage.Snapshot{Revision: 5, Body: body, Preview: "p"}))
	wantSame(t, "snapshot", load(t, s, "d", storage.Newest).Snapshot.Body, body)
}

func copiesBytes(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	o, snapshot := op("a", 1), []byte("abc")
	want := bytes.Clone(o.Body)
	appendOps(t, s, "d", 0, o)
	noErr(t, "SaveSnapshot", s.SaveSnapshot(t.Context(), "d", storage.Snapshot{Body: snapshot}))
	clear(o.Body)
	clear(snapshot)
	first := load(t, s, "d", storage.Newest)
	wantSame(t, "op after the given was overwritten", first.Ops[0].Body, want)
	wantSame(t, "snapshot after the given was overwritten", string(first.Snapshot.Body), "abc")
	clear(first.Ops[0].Body)
	clear(first.Snapshot.Body)
	second := load(t, s, "d", storage.Newest)
	wantSame(t, "op after the got was overwritten", second.Ops[0].Body, want)
	wantSame(t, "snapshot after the got was overwritten", string(second.Snapshot.Body), "abc")
}

func headCounts(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	want := storage.Head{UpdatedAt: noon, UpdatedBy: "ann"}
	wantSame(t, "head of a new document", head(t, s, "d"), want)
	ops := opsOf("a", 3)
	ops[0].Author, ops[1].Author, ops[2].Author = "bob", "cat", ""
	ops[0].At, ops[2].At = minute(2), minute(1).Add(1_234_567) // the last op counts, even if a clock went back
	appendOps(t, s, "d", 0, ops...)
	want = want.Grow(ops)
	if want.Revision != 3 || want.UpdatedBy != "cat" || want.UpdatedAt != minute(1).Add(1_000_000) {
		t.Fatalf("Grow = %+v", want)
	}
	wantSame(t, "head", head(t, s, "d"), want)
	wantSame(t, "loaded head", load(t, s, "d", 1).Head, want)
	server := op("quire", 1)
	server.Author, server.At = "", minute(3)
	appendOps(t, s, "d", 3, server)
	want = want.Grow([]storage.Op{server})
	wantSame(t, "head after the server's own op", head(t, s, "d"), want)
}

func epochStays(t *testing.T, s storage.Store) {
	first, err := s.Epoch(t.Context())
	noErr(t, "Epoch", err)
	create(t, s, "d", 2)
	if again, err := s.Epoch(t.Context()); err != nil || again != first || first == "" {
		t.Errorf("Epoch = %q, %v, want %q", again, err, first)
	}
	renewed, err := s.RenewEpoch(t.Context())
	noErr(t, "RenewEpoch", err)
	if now, err := s.Epoch(t.Context()); err != nil || now != renewed || renewed == first {
		t.Errorf("Epoch after RenewEpoch = %q, %v, want %q and not %q", now, err, renewed, first)
	}
}

func rewoundRefused(t *testing.T, s storage.Store) {
	create(t, s, "d", 2)
	create(t, s, "e", 2)
	other := s.Rewinds() + 1
	errs := s.Append(t.Context(), []storage.Batch{
		{Document: "d", Base: 2, Ops: []storage.Op{op("c", 3)}, Rewinds: other},
		{Document: "e", Base: 2, Ops: []storage.Op{op("c", 3)}, Rewinds: s.Rewinds()},
	})
	wantErr(t, "Append", errs[0], storage.ErrRewound)
	noErr(t, "Append beside it", errs[1])
	if !storage.Refused(errs[0]) {
		t.Error("the outcome counts as unknown")
	}
	wantErr(t, "SaveSnapshot", s.SaveSnapshot(t.Context(), "d", storage.Snapshot{Revision: 2, Body: []byte("x"), Rewinds: other}), storage.ErrRewound)
	if got := head(t, s, "d").Revision; got != 2 {
		t.Errorf("head = %d, want 2", got)
	}
	if got, err := s.Snapshots(t.Context(), "d"); err != nil || len(got) != 0 {
		t.Errorf("snapshots at %v, %v", got, err)
	}
}
