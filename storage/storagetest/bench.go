package storagetest

import (
	"fmt"
	"testing"
	"time"

	"quire/storage"
)

// BenchmarkAppend commits two ops to each of a hundred documents, again and again, and reports µs an op.
func BenchmarkAppend(b *testing.B, s storage.Store) {
	const documents, each = 100, 2
	batches := make([]storage.Batch, documents)
	for i := range batches {
		id := storage.DocumentID(fmt.Sprintf("document-%03d", i))
		if err := s.CreateDocument(b.Context(), storage.Document{ID: id, Owner: "ann", CreatedAt: noon}, nil); err != nil {
			b.Fatal(err)
		}
		batches[i] = storage.Batch{Document: id, Ops: opsOf("a-client-of-twenty-two", each)}
	}
	for b.Loop() {
		for i, err := range s.Append(b.Context(), batches) {
			if err != nil {
				b.Fatal(err)
			}
			batches[i].Base += each
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(time.Microsecond)/float64(b.N*documents*each), "µs/op-in-log")
}

// BenchmarkLoad opens a document of 22,000 characters with 20,000 ops, the last 500 of them after its snapshot.
func BenchmarkLoad(b *testing.B, s storage.Store) {
	const ops, each, snapshot = 20_000, 2, 19_500
	if err := s.CreateDocument(b.Context(), storage.Document{ID: "d", Owner: "ann", CreatedAt: noon}, nil); err != nil {
		b.Fatal(err)
	}
	for base := storage.Revision(0); base < ops; base += each {
		batch := []storage.Batch{{Document: "d", Base: base, Ops: opsOf("a-client-of-twenty-two", each)}}
		if err := s.Append(b.Context(), batch)[0]; err != nil {
			b.Fatal(err)
		}
	}
	if err := s.SaveSnapshot(b.Context(), "d", storage.Snapshot{Revision: snapshot, Body: make([]byte, 22_000)}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l, err := s.Load(b.Context(), "d", storage.Newest, 4<<20)
		if err != nil || len(l.Ops) != ops-snapshot {
			b.Fatalf("Load = %d ops, %v", len(l.Ops), err)
		}
	}
}

// BenchmarkHeldRoles asks for the roles of somebody who has a grant, is in one of three groups that have one, and has the reach.
func BenchmarkHeldRoles(b *testing.B, s storage.Store) {
	try := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	for _, id := range []storage.UserID{"ann", "bob"} {
		try(s.CreateUser(b.Context(), storage.User{ID: id, Email: string(id), CreatedAt: noon}))
	}
	try(s.CreateDocument(b.Context(), storage.Document{ID: "d", Owner: "ann", CreatedAt: noon}, nil))
	_, err := s.SetGrant(b.Context(), storage.Grant{Document: "d", User: "bob", Role: "viewer"}, "")
	try(err)
	_, err = s.SetReach(b.Context(), "d", "viewer")
	try(err)
	for _, id := range []string{"f", "g", "h"} {
		try(s.CreateGroup(b.Context(), storage.Group{ID: id, Name: id, CreatedBy: "ann"}))
		_, err := s.SetGroupGrant(b.Context(), storage.GroupGrant{Document: "d", Group: id, Role: "editor"})
		try(err)
	}
	try(s.SetGroupMember(b.Context(), storage.GroupMember{Group: "g", User: "bob"}))
	for b.Loop() {
		held, err := s.HeldRoles(b.Context(), "d", "bob")
		if err != nil || len(held) != 3 {
			b.Fatalf("HeldRoles = %v, %v", held, err)
		}
	}
}
