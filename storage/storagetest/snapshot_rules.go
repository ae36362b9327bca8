package storagetest

import (
	"fmt"
	"testing"

	"quire/storage"
)

var snapshotRules = []rule{
	{"L6", "the newest snapshot at or before the revision is taken", newestSnapshot},
	{"L6", "a snapshot of a revision replaces the one there was", replacedSnapshot},
	{"L6", "snapshots are kept on a doubling schedule", doublingSchedule},
	{"L6", "a damaged snapshot is passed over and named, and can be replaced", damagedSnapshot},
	{"L6", "when every snapshot is damaged the log alone is left", allDamaged},
}

func save(t *testing.T, s storage.Store, id storage.DocumentID, at storage.Revision) {
	t.Helper()
	sn := storage.Snapshot{Revision: at, Body: fmt.Appendf(nil, "body of %d", at), Preview: fmt.Sprint("preview ", at)}
	noErr(t, fmt.Sprint("SaveSnapshot ", at), s.SaveSnapshot(t.Context(), id, sn))
}

func newestSnapshot(t *testing.T, s storage.Store) {
	create(t, s, "d", 20)
	if l := load(t, s, "d", storage.Newest); l.Snapshot.Revision != 0 || len(l.Ops) != 20 || len(l.Snapshot.Body) != 0 {
		t.Errorf("without a snapshot: revision %d, %d ops", l.Snapshot.Revision, len(l.Ops))
	}
	save(t, s, "d", 4)
	save(t, s, "d", 16)
	save(t, s, "d", 10)
	for at, want := range map[storage.Revision]storage.Revision{4: 4, 9: 4, 10: 10, 15: 10, 16: 16, 20: 16, storage.Newest: 16} {
		l := load(t, s, "d", at)
		wantSame(t, fmt.Sprint("snapshot for ", at), l.Snapshot, storage.Snapshot{
			Revision: want, Body: fmt.Appendf(nil, "body of %d", want), Preview: fmt.Sprint("preview ", want)})
	}
	wantSame(t, "ops without a snapshot", load(t, s, "d", 3).Ops, opsOf("first", 3))
	d, err := s.Document(t.Context(), "d")
	noErr(t, "Document", err)
	wantSame(t, "preview is the newest snapshot's", d.Preview, "preview 16")
	wantErr(t, "SaveSnapshot of -1", s.SaveSnapshot(t.Context(), "d", storage.Snapshot{Revision: -1}), storage.ErrInvalid)
}

func replacedSnapshot(t *testing.T, s storage.Store) {
	create(t, s, "d", 4)
	save(t, s, "d", 3)
	again := storage.Snapshot{Revision: 3, Body: []byte("again"), Preview: "new"}
	noErr(t, "SaveSnapshot", s.SaveSnapshot(t.Context(), "d", again))
	wantSame(t, "snapshot", load(t, s, "d", storage.Newest).Snapshot, again)
	revisions, err := s.Snapshots(t.Context(), "d")
	noErr(t, "Snapshots", err)
	wantSame(t, "revisions", revisions, []storage.Revision{3})
}

func doublingSchedule(t *testing.T, s storage.Store) {
	const each, total = 10, 1000
	create(t, s, "d", total)
	var want []storage.Revision
	for at := storage.Revision(each); at <= total; at += each {
		save(t, s, "d", at)
		want = thin(append(want, at))
		got, err := s.Snapshots(t.Context(), "d")
		noErr(t, "Snapshots", err)
		wantSame(t, fmt.Sprint("snapshots after ", at), got, want)
	}
	if len(want) > 16 {
		t.Errorf("%d snapshots of %d are kept", len(want), total/each)
	}
	for at := storage.Revision(0); at <= total; at += 7 {
		replay := at - load(t, s, "d", at).Snapshot.Revision
		if bound := max(2*each, total-at+each); replay > bound {
			t.Errorf("revision %d replays %d ops, want at most %d", at, replay, bound)
		}
	}
}

func thin(kept []storage.Revision) []storage.Revision {
	drop := map[storage.Revision]bool{}
	for _, r := range storage.ThinSnapshots(kept) {
		drop[r] = true
	}
	var left []storage.Revision
	for _, r := range kept {
		if !drop[r] {
			left = append(left, r)
		}
	}
	return left
}

func damage(t *testing.T, s storage.Store, id storage.DocumentID, at storage.Revision) {
	t.Helper()
	d, ok := s.(Damager)
	if !ok {
		t.Fatalf("%T has no DamageSnapshot: the backend's tests must give a store that has", s)
	}
	if !d.DamageSnapshot(id, at) {
		t.Fatalf("there is no snapshot %d of %s to damage", at, id)
	}
}

func damagedSnapshot(t *testing.T, s storage.Store) {
	create(t, s, "d", 20)
	save(t, s, "d", 8)
	save(t, s, "d", 16)
	damage(t, s, "d", 16)
	l := load(t, s, "d", storage.Newest)
	wantSame(t, "snapshot", l.Snapshot.Revision, storage.Revision(8))
	wantSame(t, "tail", l.Ops, opsOf("first", 20)[8:])
	wantSame(t, "damaged", l.Damaged, []storage.Revision{16})
	wantSame(t, "damaged, when it is not needed", load(t, s, "d", 15).Damaged, []storage.Revision{})
	save(t, s, "d", 16)
	l = load(t, s, "d", storage.Newest)
	wantSame(t, "snapshot rebuilt", l.Snapshot.Revision, storage.Revision(16))
	wantSame(t, "damaged after the rebuild", l.Damaged, []storage.Revision{})
}

func allDamaged(t *testing.T, s storage.Store) {
	create(t, s, "d", 20)
	save(t, s, "d", 8)
	save(t, s, "d", 16)
	damage(t, s, "d", 16)
	damage(t, s, "d", 8)
	l := load(t, s, "d", storage.Newest)
	wantSame(t, "snapshot", l.Snapshot, storage.Snapshot{})
	wantSame(t, "tail", l.Ops, opsOf("first", 20))
	wantSame(t, "damaged", l.Damaged, []storage.Revision{16, 8})
}
