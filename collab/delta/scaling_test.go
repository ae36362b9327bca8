package delta

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// These tests compare costs with each other, never with a clock: what grows with the document where it must not, or with the
// square of an op, fails on any machine.

// fastest returns the least duration of many runs: what the machine's other work cannot make smaller.
func fastest(runs int, f func()) time.Duration {
	least := time.Duration(1<<63 - 1)
	for range runs {
		start := time.Now()
		f()
		least = min(least, time.Since(start))
	}
	return least
}

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func (g *generator) edits(units, count int) []Delta {
	ops := make([]Delta, count)
	for i := 0; i < count; i += 2 {
		at := 1 + g.IntN(units-1)
		ops[i], ops[i+1] = Delta{Retain(at), Insert("x")}, Delta{Retain(at), Delete(1)}
	}
	return ops
}

func TestE4ApplyDoesNotGrowWithTheDocument(t *testing.T) {
	const small = 20_000
	cost := func(units int) time.Duration {
		g := seeded(3)
		doc, ops := newDocument(t, g.formatted(units)), g.edits(units, 2000)
		return fastest(20, func() {
			for _, op := range ops {
				if err := doc.Apply(op); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	one, hundred := cost(small), cost(100*small)
	t.Logf("2,000 edits: %v at %d units, %v at %d", one, small, hundred, 100*small)
	if hundred > 20*one { // it is 2 to 4; linear would be 100
		t.Errorf("a hundred times the document costs %.1f times as much to edit", float64(hundred)/float64(one))
	}
}

func TestE4ApplyAllocatesNothing(t *testing.T) {
	g := seeded(3)
	doc, ops := newDocument(t, g.formatted(100_000)), g.edits(100_000, 4000)
	for _, op := range ops { // leaves make room
		if err := doc.Apply(op); err != nil {
			t.Fatal(err)
		}
	}
	i := 0
	if n := testing.AllocsPerRun(1000, func() {
		if err := doc.Apply(ops[i]); err != nil {
			t.Fatal(err)
		}
		i++
	}); n > 0.1 {
		t.Errorf("%.2f allocations an edit, want none", n)
	}
}

// TestE4EditAfterFreezeCopiesAPath: freezing is free, and the edit after it copies one path, whatever the size.
func TestE4EditAfterFreezeCopiesAPath(t *testing.T) {
	cost := func(units int) uint64 {
		g := seeded(3)
		doc, ops := newDocument(t, g.formatted(units)), g.edits(units, 1000)
		return allocated(func() {
			for _, op := range ops {
				doc.Freeze()
				if err := doc.Apply(op); err != nil {
					t.Fatal(err)
				}
			}
		}) / uint64(len(ops))
	}
	one, ten := cost(50_000), cost(500_000)
	t.Logf("bytes an edit after a freeze: %d at 50,000 units, %d at 500,000", one, ten)
	if ten > 2*one || ten > 8<<10 {
		t.Errorf("an edit after a freeze costs %d bytes at ten times the size, %d before", ten, one)
	}
}

func TestE4SmallTransformAllocatesNothing(t *testing.T) {
	dst := make(Delta, 0, 8)
	for _, pair := range [][2]string{
		{`[{"retain":1000},{"insert":"a"}]`, `[{"retain":1010},{"insert":"b"}]`},
		{`[{"retain":10},{"delete":4}]`, `[{"retain":12},{"insert":"b"},{"delete":9}]`},
		{`[{"retain":10},{"retain":4,"attributes":{"bold":true}}]`, `[{"retain":9},{"retain":9,"attributes":{"italic":true}}]`},
	} {
		a, b := must(t, pair[0]), must(t, pair[1])
		if n := testing.AllocsPerRun(100, func() { dst = TransformInto(dst, a, b, CommittedFirst) }); n > 0 {
			t.Errorf("%s over %s: %.0f allocations", b, a, n)
		}
	}
}

func TestCodecAllocations(t *testing.T) {
	line := []byte(`[{"retain":2206},{"insert":"typed"}]`)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := Decode(line, Limits{}); err != nil {
			t.Fatal(err)
		}
	}); n > 2 { // the components and the text
		t.Errorf("Decode: %.0f allocations, want 2", n)
	}
	op := must(t, `[{"retain":2206},{"insert":"\ud83d é \u0000","attributes":{"bold":true}},{"insert":{"image":"/x"}},{"delete":3}]`)
	frozen := newDocument(t, seeded(1).formatted(10_000)).Freeze()
	dst := make([]byte, 0, 1<<20)
	if n := testing.AllocsPerRun(100, func() { dst = op.AppendJSON(dst[:0]) }); n > 0 {
		t.Errorf("Delta.AppendJSON: %.0f allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { dst = frozen.AppendJSON(dst[:0]) }); n > 3 {
		t.Errorf("Frozen.AppendJSON: %.0f allocations, whatever the size", n)
	}
}

// TestP8WorkIsLinearInTheOp: ops made to be dear cost their length, not its square.
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
