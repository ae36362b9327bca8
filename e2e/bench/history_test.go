package main

import (
	"testing"

	"quire/collab/delta"
)

// The ops of a batch, sent without sight of one another, must do what they do one after the other, in the server's order.
func TestScatteredEditsDoNotMoveOneAnother(t *testing.T) {
	for seed := range uint64(20) {
		h := scattered("h", seed, "some text to begin with, long enough for many edits at once, or for some at least\n", 900, 300)
		document, err := delta.NewDocument(delta.FromText(h.before))
		if err != nil {
			t.Fatal(err)
		}
		inserted := 0
		for _, batch := range h.batches {
			var history []delta.Delta
			for _, text := range batch {
				sent, err := delta.Decode(text, delta.Limits{})
				if err != nil {
					t.Fatal(err)
				}
				op := delta.TransformAll(history, sent, delta.CommittedFirst)
				if !op.Equal(sent) {
					t.Fatalf("seed %d: %s became %s", seed, text, op.AppendJSON(nil))
				}
				if err := document.Apply(op); err != nil {
					t.Fatal(err)
				}
				history = append(history, op)
				if op[len(op)-1].Kind() == delta.KindText {
					inserted++
				}
			}
		}
		if got := document.Freeze().Delta().PlainText(); got != h.after || h.ops() != 1200 || inserted < 900 || inserted > 910 {
			t.Errorf("seed %d: %d ops, %d of them inserts, fold to %d characters instead of %d", seed, h.ops(), inserted, len(got), len(h.after))
		}
	}
}
