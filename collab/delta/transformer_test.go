package delta

import (
	"fmt"
	"os"
	"testing"
)

// history returns consecutive ops on a document of that length: most are small, some raw and scattered, and sometimes there is a
// large delete or a format over everything.
func (g *generator) history(length, ops int) []Delta {
	out := make([]Delta, ops)
	for i := range out {
		var op Delta
		at := 0
		for range 1 + g.IntN(4)*g.IntN(2) {
			if rest := length - at; rest > 0 {
				n := g.IntN(rest)
				if g.IntN(2) == 0 {
					n = min(n, g.IntN(20))
				}
				if at += n; n > 0 {
					op = append(op, Retain(n))
				}
			}
			part := g.op(min(length-at, 12), 3)
			op = append(op, part...)
			at += baseLen(part)
			if at > length { // a plain retain past the end must be the last component
				break
			}
		}
		switch rest := length - at; {
		case rest > 10 && g.IntN(12) == 0:
			op = append(op, Delete(1+g.IntN(rest/2)))
		case rest > 10 && g.IntN(12) == 0:
			op = append(op, Retain(rest).With(g.attributes()))
		}
		out[i] = op
		length += op.Growth()
	}
	return out
}

// scattered returns a raw op of many components for a document of that length.
func (g *generator) scattered(length, components int) Delta {
	var op Delta
	for left := length; len(op) < components && left > 0; {
		part := g.op(min(left, 12), 4)
		left -= baseLen(part)
		op = append(op, part...)
		if left > 0 && g.IntN(2) == 0 {
			n := 1 + g.IntN(min(left, 30))
			op = append(op, Retain(n))
			left -= n
		}
	}
	return op
}

// TestE5IndexedIsNaive compares an index with repeated Transform after each step: a million random steps in `make test`
// (QUIRE_FULL=1), ten million in `make test-long`, else 50,000. Most chains are small ops in chunks of very few components, where
// every step crosses borders between chunks; some have real sizes.
func TestE5IndexedIsNaive(t *testing.T) {
	steps := 50_000
	switch {
	case os.Getenv("QUIRE_LONG") == "1":
		steps = 10_000_000
	case os.Getenv("QUIRE_FULL") == "1":
		steps = 1_000_000
	}
	const shards = 2
	for shard := range shards {
		t.Run(fmt.Sprint("shard ", shard), func(t *testing.T) {
			t.Parallel()
			g := newGenerator(t)
			g.emptySets = true
			done, most := 0, 0
			for chain := 0; done < steps/shards; chain++ {
				length, components, size := 1+g.IntN(60), 1+g.IntN(24), 1+g.IntN(8)
				if chain%500 == 0 {
					length, components, size = 1+g.IntN(3000), 1+g.IntN(700), chunkSize
				}
				n, chunks := g.indexedChain(t, length, components, size)
				done, most = done+n, max(most, chunks)
			}
			t.Logf("FIGURE %d steps of the indexed transform equal to the naive one, up to %d chunks", done, most)
			if most < 5 {
				t.Errorf("never more than %d chunks: no border was crossed", most)
			}
		})
	}
}

// indexedChain transforms one op over a history of 40. It returns the steps and the largest number of chunks.
func (g *generator) indexedChain(t *testing.T, length, components, size int) (steps, chunks int) {
	t.Helper()
	op, order := g.scattered(length, components), Order(g.IntN(3) > 0)
	history := g.history(length, 40)
	want := Transform(history[0], op, order)
	x := newIndexOf(want, order, size)
	for i, committed := range history[1:] {
		before := want
		want = Transform(committed, want, order)
		x.over(committed)
		if got := x.delta(); !got.Equal(want) {
			t.Fatalf("chunks of %d, step %d, order %v: %.3000s\nover %s:\n%.3000s, want\n%.3000s", size, i, order, before, committed, got, want)
		}
		if err := x.check(); err != "" {
			t.Fatalf("chunks of %d, step %d: %s", size, i, err)
		}
		steps, chunks = steps+1, max(chunks, len(x.chunks))
	}
	return steps, chunks
}

func (x *index) check() string {
	for i := range x.chunks {
		was := x.chunks[i]
		switch {
		case was.sums != measure(was.ops):
			return "a chunk's sums are wrong"
		case len(was.ops) == 0 && len(x.chunks) > 1:
			return "an empty chunk"
		case len(was.ops) > x.maxChunk():
			return "a chunk is too large"
		}
	}
	return ""
}

// TestE5TransformerSwitches checks that a Transformer switches to the index by itself and does not change its argument.
func TestE5TransformerSwitches(t *testing.T) {
	transformerSwitches(t, newGenerator(t))
}

// The first op of this history deletes so much that the rest of the long op is short.
func TestE5TransformerDoesNotSwitchForAShortRest(t *testing.T) {
	transformerSwitches(t, seeded(9514305223233714512))
}

func transformerSwitches(t *testing.T, g *generator) {
	for _, components := range []int{3, 1500} {
		op := g.scattered(20_000, components)
		sent := op.String()
		history := g.history(20_000, 120)
		tr, want := NewTransformer(op, CommittedFirst), op
		long := false
		for i, committed := range history {
			long = long || i >= indexAfter && len(want) >= indexLength
			want = Transform(committed, want, CommittedFirst)
			tr.Over(committed)
			if i%10 == 0 && !tr.Delta().Equal(want) {
				t.Fatalf("%d components, step %d: %.2000s, want %.2000s", components, i, tr.Delta(), want)
			}
		}
		if !TransformAll(history, op, CommittedFirst).Equal(want) {
			t.Errorf("%d components: TransformAll differs from Transform in turn", components)
		}
		if (tr.index != nil) != long {
			t.Errorf("%d components, of which enough were left: %v; indexed is %v", components, long, tr.index != nil)
		}
		if op.String() != sent {
			t.Errorf("%d components: the op that was handed in changed", components)
		}
	}
	if raw := (Delta{Delete(1), Insert("x")}); !NewTransformer(raw, CommittedFirst).Delta().Equal(raw) {
		t.Error("an op over nothing changed")
	}
}

// TestE5CostFollowsTheHistory checks that forty times the components do not make a history of small ops forty times as expensive.
func TestE5CostFollowsTheHistory(t *testing.T) {
	g := seeded(11)
	prepare := func(components int) func() {
		var op Delta
		for range components {
			op = append(op, Retain(3), Insert("x"))
		}
		history := make([]Delta, 2000)
		for i := range history {
			history[i] = Delta{Retain(1 + g.IntN(3*components-4)), pick(g, []Component{Insert("y"), Delete(2)})}
		}
		return func() {
			x := newIndex(op, CommittedFirst)
			for _, committed := range history {
				x.over(committed)
			}
		}
	}
	small, large := fastest(10, prepare(1000)), fastest(8, prepare(40_000))
	t.Logf("2,000 ops over 2,000 components: %v, over 80,000: %v", small, large)
	if large > 25*small { // measured: 4 to 8; naive steps would take 40
		t.Errorf("forty times the components cost %.1f times as much", float64(large)/float64(small))
	}
}

// baseLen returns how many units of the base op retains or deletes.
func baseLen(op Delta) int {
	n := 0
	for _, c := range op {
		if c.kind >= KindRetain {
			n += c.n
		}
	}
	return n
}
