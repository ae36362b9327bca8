package main

import (
	"path/filepath"
	"slices"
	"testing"

	"quire/collab/delta"
)

// What typed makes must be what it says: its ops, folded, are its end, and as many of each kind as were asked for.
func TestTypedOpsFoldToTheirEnd(t *testing.T) {
	for seed := range uint64(20) {
		ops, end := typed(seed, "a text to begin with", 1500, 600)
		document, err := delta.NewDocument(delta.FromText("a text to begin with"))
		if err != nil {
			t.Fatal(err)
		}
		inserts := 0
		for i, op := range ops {
			d, err := delta.Decode(op, delta.Limits{})
			if err == nil {
				err = document.Apply(d)
			}
			if err != nil {
				t.Fatalf("seed %d, op %d, %s: %v", seed, i, op, err)
			}
			if d[len(d)-1].Kind() == delta.KindText {
				inserts++
			}
		}
		if got := document.Freeze().Delta().PlainText(); got != end || inserts != 1500 || len(ops) != 2100 {
			t.Errorf("seed %d: %d ops, %d of them inserts, fold to %d characters of %d", seed, len(ops), inserts, len(got), len(end))
		}
	}
	if _, end := typed(3, "", paperInserts/20, paperDeletes/20); len(end) != paperInserts/20-paperDeletes/20 {
		t.Errorf("a paper ends with %d characters", len(end))
	}
}

func TestASessionIsReadAsItWasWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s.ndjson.gz")
	ops, end := typed(5, "", 300, 100)
	if _, err := writeSession(file, ops, end); err != nil {
		t.Fatal(err)
	}
	got, err := readSession(file)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(got.ops, ops, slices.Equal) {
		t.Errorf("%d ops were written, %d others read", len(ops), len(got.ops))
	}
}
