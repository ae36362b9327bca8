package delta

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

// These tests compare costs with each other, never with a fixed time. So a cost that grows with the document where it must not, or
// with the square of an op, fails on any machine.

// fastest returns the least processor time of many runs. Other processes can then only affect it by cold caches.
func fastest(runs int, f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	least := time.Duration(1<<63 - 1)
	for range runs {
		start := spent()
		f()
		least = min(least, spent()-start)
	}
	return least
}

// ratio returns the cost of large divided by that of small. They take turns, so that a busy moment affects both. The garbage
// collector, which would affect only large, runs between them.
func ratio(runs int, small, large func()) float64 {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	x, y := time.Duration(1<<63-1), time.Duration(1<<63-1)
	for range runs {
		runtime.GC()
		x, y = min(x, fastest(1, small)), min(y, fastest(1, large))
	}
	return float64(y) / float64(x)
}

// TestE4CostBySize checks that an op, and the work of joins and snapshots on the document's goroutine, costs about the same on a
// document with a hundred times the size and runs. Reading or building all of it may cost a hundred times as much, not ten
// thousand.
func TestE4CostBySize(t *testing.T) {
	type bound struct {
		large, runs int
		most        float64
	}
	same, linear := bound{2_000_000, 10, 20}, bound{400_000, 3, 2500} // measured: 1 to 5, and 100 to 900, as caches have their say
	each := func(ops []Delta, do func(Delta)) func() {
		return func() {
			for _, op := range ops {
				do(op)
			}
		}
	}
	for _, one := range []struct {
		name string
		bound
		prepare func(g *generator, doc *Document, units int) func()
	}{
		{"apply edits", same, func(g *generator, doc *Document, units int) func() {
			return each(g.edits(units, 1000), func(op Delta) { apply(t, doc, op) })
		}},
		{"apply formats", same, func(g *generator, doc *Document, units int) func() {
			return each(g.formats(units, 500), func(op Delta) { apply(t, doc, op) })
		}},
		{"validate", same, func(g *generator, doc *Document, units int) func() {
			return each(g.edits(units, 1000), func(op Delta) {
				if err := Fits(op, doc.Len()); err != nil {
					t.Fatal(err)
				}
			})
		}},
		{"refuse", same, func(_ *generator, doc *Document, units int) func() {
			return each(make([]Delta, 100), func(Delta) {
				if doc.Apply(Delta{Retain(units / 2), Insert("x"), Retain(units / 2), Delete(1)}) == nil {
					t.Fatal("an op past the end was applied")
				}
			})
		}},
		{"freeze", same, func(_ *generator, doc *Document, _ int) func() {
			return each(make([]Delta, 1000), func(Delta) { doc.Freeze() })
		}},
		{"freeze, then edit", same, func(g *generator, doc *Document, units int) func() {
			return each(g.edits(units, 400), func(op Delta) {
				doc.Freeze()
				apply(t, doc, op)
			})
		}},
		{"fork and try", same, func(g *generator, doc *Document, units int) func() {
			return each(g.edits(units, 400)[:1], func(op Delta) {
				for range 200 {
					apply(t, doc.Fork(), op)
				}
			})
		}},
		{"join", same, func(_ *generator, doc *Document, units int) func() {
			return each(make([]Delta, 200), func(Delta) {
				f := doc.Freeze()
				if f.Len() != units || f.EndsWithNewline() || f.Preview(40) == "" {
					t.Fatal("another document")
				}
			})
		}},
		{"load", linear, func(_ *generator, doc *Document, _ int) func() {
			content := doc.Freeze().Delta()
			return func() { newDocument(t, content) }
		}},
		{"encode a snapshot", linear, func(_ *generator, doc *Document, _ int) func() {
			var dst []byte
			return func() { dst = doc.Freeze().AppendJSON(dst[:0]) }
		}},
		{"decode a snapshot", linear, func(_ *generator, doc *Document, _ int) func() {
			json := doc.Freeze().AppendJSON(nil)
			return func() { must(t, string(json)) }
		}},
	} {
		t.Run(one.name, func(t *testing.T) {
			prepare := func(units int) func() {
				g := seeded(3)
				return one.prepare(g, newDocument(t, g.formatted(units)), units)
			}
			got := ratio(one.runs, prepare(one.large/100), prepare(one.large))
			t.Logf("%.1f times as much", got)
			if got > one.most {
				t.Errorf("a hundred times the document costs %.1f times as much, want at most %.0f", got, one.most)
			}
		})
	}
}

// TestP8WorkIsLinearInTheOp checks that ops made to be expensive cost their length, not its square.
func TestP8WorkIsLinearInTheOp(t *testing.T) {
	repeat := func(c Delta, n int) Delta {
		var d Delta
		for range n {
			d = append(d, c...)
		}
		return d
	}
	base := func(n int) Delta { return Delta{Insert(strings.Repeat("é", 2*n))} }
	op := func(c Delta, apply func(op Delta, n int)) func(n int) func() {
		return func(n int) func() {
			made := repeat(c, n)
			return func() { apply(made, n) }
		}
	}
	decode := func(json func(n int) string) func(n int) func() {
		return func(n int) func() {
			made := []byte(json(n))
			return func() {
				if _, err := Decode(made, Limits{}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, one := range []struct {
		name    string
		prepare func(n int) func()
	}{
		{"merging inserts", op(Delta{Insert("ab")}, func(op Delta, _ int) { Transform(Delta{}, op, CommittedFirst) })},
		{"inserts before deletes", op(Delta{Delete(1), Insert("a")}, func(op Delta, _ int) { Transform(Delta{}, op, CommittedFirst) })},
		{"composing onto one long text", op(Delta{Retain(1), Insert("x"), Delete(1)}, func(op Delta, n int) { Compose(base(n), op) })},
		{"composing many ops", func(n int) func() {
			g, ops := seeded(5), make([]Delta, n)
			for i := range ops {
				ops[i] = Delta{Retain(1 + g.IntN(100*n)), Insert("x")}
			}
			return func() { ComposeAll(ops) }
		}},
		{"undoing on one long text", op(Delta{Retain(1), Delete(1)}, func(op Delta, n int) { _, _ = Invert(op, base(n)) })},
		{"equal keys", decode(func(n int) string {
			return `[{"insert":{"big":"` + strings.Repeat("x", 10*n) + `"` + strings.Repeat(`,"a":1`, n) + `}}]`
		})},
		{"many keys", decode(func(n int) string {
			var b strings.Builder
			for i := range n {
				b.WriteString(`,"` + strings.Repeat("k", i%7) + string(rune(0x4E00+i)) + `":1`)
			}
			return `[{"insert":{"a":1` + b.String() + `}}]`
		})},
	} {
		small, large := one.prepare(600), one.prepare(30_000)
		if x, y := fastest(20, small), fastest(4, large); y > 600*x { // linear is 50, with a cold cache 150; quadratic 2,500
			t.Errorf("%s: fifty times the op costs %.0f times as much", one.name, float64(y)/float64(x))
		}
	}
}
