package delta

import (
	"runtime"
	"testing"
)

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestE4EditsAllocateNothing checks that edits of leaves with spare capacity, refused ops and Validate allocate nothing.
func TestE4EditsAllocateNothing(t *testing.T) {
	g := seeded(3)
	doc, ops := newDocument(t, g.formatted(100_000)), g.edits(100_000, 4000)
	for _, op := range ops { // gives the leaves spare capacity
		apply(t, doc, op)
	}
	i := 0
	if n := testing.AllocsPerRun(1000, func() {
		apply(t, doc, ops[i])
		i++
	}); n > 0.1 {
		t.Errorf("%.2f allocations an edit, want none", n)
	}
	if n := testing.AllocsPerRun(1000, func() {
		if err := Fits(ops[i], doc.Len()); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%.0f allocations a Validate, want none", n)
	}
}

func TestE4SmallTransformsAllocateNothing(t *testing.T) {
	dst := make(Delta, 0, 8)
	for _, pair := range [][2]string{
		{`[{"retain":1000},{"insert":"a"}]`, `[{"retain":1010},{"insert":"b"}]`},
		{`[{"insert":"a"}]`, `[{"insert":{"image":"/i"}}]`},
		{`[{"retain":10},{"delete":4}]`, `[{"retain":12},{"insert":"b"},{"delete":9}]`},
		{`[{"retain":10},{"retain":4,"attributes":{"bold":true}}]`, `[{"retain":9},{"retain":9,"attributes":{"italic":true}}]`},
	} {
		a, b := must(t, pair[0]), must(t, pair[1])
		for _, order := range []Order{CommittedFirst, OpFirst} {
			if n := testing.AllocsPerRun(100, func() { dst = TransformInto(dst, a, b, order) }); n > 0 {
				t.Errorf("%s over %s: %.0f allocations", b, a, n)
			}
		}
	}
}

// TestE5StepsOfAnIndexAllocateNothing checks that once its buffers have grown, an index transforms its op in place.
func TestE5StepsOfAnIndexAllocateNothing(t *testing.T) {
	var op Delta
	for range 5000 {
		op = append(op, Retain(3), Insert("x"))
	}
	x := newIndex(op, CommittedFirst)
	there, back := Delta{Retain(7000), Insert("y")}, Delta{Retain(7000), Delete(1)}
	if n := testing.AllocsPerRun(1000, func() {
		x.over(there)
		x.over(back)
	}); n > 0 {
		t.Errorf("%.1f allocations for two steps, want none", n)
	}
}

// TestE4SnapshotsCostNothing checks that freezing allocates one small object and the next edit copies one path, at any size.
func TestE4SnapshotsCostNothing(t *testing.T) {
	cost := func(units int) uint64 {
		g := seeded(3)
		doc, ops := newDocument(t, g.formatted(units)), g.edits(units, 1000)
		if n := testing.AllocsPerRun(100, func() { doc.Freeze() }); n > 1 {
			t.Errorf("%.0f allocations a Freeze, want 1", n)
		}
		if n := testing.AllocsPerRun(100, func() { doc.Fork() }); n > 4 { // the document and its few styles
			t.Errorf("%.0f allocations a Fork, want 4", n)
		}
		return allocated(func() {
			for _, op := range ops {
				doc.Freeze()
				apply(t, doc, op)
			}
		}) / uint64(len(ops))
	}
	one, ten := cost(50_000), cost(500_000)
	t.Logf("bytes an edit after a freeze: %d at 50,000 units, %d at 500,000", one, ten)
	if ten > 2*one || ten > 8<<10 {
		t.Errorf("an edit after a freeze costs %d bytes at ten times the size, %d before", ten, one)
	}
}

func TestCodecAllocations(t *testing.T) {
	for _, one := range []struct {
		json string
		most float64
	}{
		{`[{"retain":2206},{"insert":"typed"}]`, 2},     // the components and the text
		{`[{"retain":2206},{"insert":"k"}]`, 1},         // one letter needs no memory of its own
		{`[{"retain":2206},{"delete":3}]`, 1},           // the components
		{`[{"retain":2206},{"insert":"déjà vu 😀"}]`, 4}, // and room for the key and the text
	} {
		data := []byte(one.json)
		if n := testing.AllocsPerRun(100, func() {
			if _, err := Decode(data, Limits{}); err != nil {
				t.Fatal(err)
			}
		}); n > one.most {
			t.Errorf("Decode(%s): %.0f allocations, want %.0f", one.json, n, one.most)
		}
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
