package collab_test

import (
	"testing"
	"testing/synctest"
)

func TestW2TwoWritersSeeOneOrderAndAcksInTheirPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.create(doc, "ab\n")
		ann, bob := h.connect("ann", ""), h.connect("bob", "")
		for _, p := range []*peer{ann, bob} {
			p.send(`{"a":"s","c":"documents","d":"d1"}`)
			p.expect("s@1", map[*peer]string{ann: "doc owner", bob: "doc editor"}[p])
		}
		ann.op(doc, 1, `[{"insert":"X"}]`)
		bob.op(doc, 1, `[{"insert":"Y"}]`)
		ann.expect("ack 1", "op 2")
		bob.expect("op 1", "ack 2")
		if got := h.text(doc); got != "XYab\n" {
			t.Errorf("text = %q, want XYab: the committed op goes first", got)
		}
	})
}
