package storagetest

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"quire/storage"
)

// noon is the time at which these tests begin.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }

// op returns the seq-th op of client.
func op(client string, seq int64) storage.Op {
	return storage.Op{Client: client, Seq: seq, Author: "ann", At: noon, Body: fmt.Appendf(nil, `"op":[{"insert":"%d"}]`, seq)}
}

// opsOf returns n ops of client, seq 1 … n.
func opsOf(client string, n int) []storage.Op {
	ops := make([]storage.Op, n)
	for i := range ops {
		ops[i] = op(client, int64(i+1))
	}
	return ops
}

// create makes a document of ann's with n ops.
func create(t *testing.T, s storage.Store, id storage.DocumentID, n int) {
	t.Helper()
	d := storage.Document{ID: id, Title: string(id), Owner: "ann", CreatedAt: noon}
	if err := s.CreateDocument(t.Context(), d, opsOf("first", n)); err != nil {
		t.Fatalf("CreateDocument(%s) = %v", id, err)
	}
}

func appendOps(t *testing.T, s storage.Store, id storage.DocumentID, base storage.Revision, ops ...storage.Op) {
	t.Helper()
	if err := appendOne(t, s, id, base, ops...); err != nil {
		t.Fatalf("Append(%s, %d) = %v", id, base, err)
	}
}

func appendOne(t *testing.T, s storage.Store, id storage.DocumentID, base storage.Revision, ops ...storage.Op) error {
	t.Helper()
	outcomes := s.Append(t.Context(), []storage.Batch{{Document: id, Base: base, Ops: ops}})
	if len(outcomes) != 1 {
		t.Fatalf("Append of one batch has %d outcomes", len(outcomes))
	}
	return outcomes[0]
}

func head(t *testing.T, s storage.Store, id storage.DocumentID) storage.Head {
	t.Helper()
	h, err := s.Head(t.Context(), id)
	if err != nil {
		t.Fatalf("Head(%s) = %v", id, err)
	}
	return h
}

func read(t *testing.T, s storage.Store, id storage.DocumentID, from, to storage.Revision, limitBytes int) []storage.Op {
	t.Helper()
	ops, err := s.Read(t.Context(), id, from, to, limitBytes)
	if err != nil {
		t.Fatalf("Read(%s, %d, %d, %d) = %v", id, from, to, limitBytes, err)
	}
	return ops
}

func load(t *testing.T, s storage.Store, id storage.DocumentID, at storage.Revision) storage.Loaded {
	t.Helper()
	l, err := s.Load(t.Context(), id, at, 0)
	if err != nil {
		t.Fatalf("Load(%s, %d) = %v", id, at, err)
	}
	return l
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func noErr(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s = %v", what, err)
	}
}

func wantSame(t *testing.T, what string, got, want any) {
	t.Helper()
	if !same(got, want) {
		t.Errorf("%s\n got %+v\nwant %+v", what, got, want)
	}
}

// same reports deep equality; an empty slice equals nil.
func same(a, b any) bool { return sameValues(reflect.ValueOf(a), reflect.ValueOf(b)) }

func sameValues(a, b reflect.Value) bool {
	a, b = inside(a), inside(b)
	if empty(a) || empty(b) {
		return empty(a) && empty(b)
	}
	if a.Type() != b.Type() {
		return false
	}
	if at, ok := a.Interface().(time.Time); ok {
		return at == b.Interface().(time.Time)
	}
	switch a.Kind() {
	case reflect.Slice:
		return sameSlices(a, b)
	case reflect.Struct:
		for i := range a.NumField() {
			if !sameValues(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return a.Interface() == b.Interface()
}

func sameSlices(a, b reflect.Value) bool {
	if body, ok := a.Interface().([]byte); ok {
		return bytes.Equal(body, b.Interface().([]byte))
	}
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !sameValues(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}

// inside returns the value in an interface, or v itself.
func inside(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Interface {
		return v.Elem()
	}
	return v
}

// empty reports whether v is nil or an empty slice.
func empty(v reflect.Value) bool { return !v.IsValid() || v.Kind() == reflect.Slice && v.Len() == 0 }

// together runs f(0) … f(n-1) at the same time and waits for all.
func together(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			f(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

// count returns how many of errs are want.
func count(errs []error, want error) int {
	n := 0
	for _, err := range errs {
		if want == nil && err == nil || want != nil && errors.Is(err, want) {
			n++
		}
	}
	return n
}
