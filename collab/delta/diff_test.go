package delta

import (
	"strings"
	"testing"
)

func TestDiffLeadsFromOneToTheOther(t *testing.T) {
	g := newGenerator(t)
	for range 3000 {
		a := g.document(8)
		b := g.document(8)
		if g.IntN(2) == 0 {
			b = Compose(a, g.op(a.Len(), 6))
		}
		checkDiff(t, a, b)
	}
	for range 20 {
		a := g.page(10_000)
		b := a
		for range 1 + g.IntN(10) {
			b = Compose(b, g.bigOp(b.Len(), g.IntN(7)))
		}
		checkDiff(t, a, b)
	}
}

func checkDiff(t *testing.T, a, b Delta) Delta {
	t.Helper()
	d, err := Diff(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if err := Fits(d, a.Len()); err != nil {
		t.Fatalf("Diff(%.1000s, %.1000s) = %.1000s: %v", a, b, d, err)
	}
	if got, want := documentForm(Compose(a, d)), documentForm(b); !got.Equal(want) {
		t.Fatalf("Diff(%.1000s, %.1000s) = %.1000s leads to\n%.1000s", a, b, d, got)
	}
	return d
}

func TestDiffIsSmall(t *testing.T) {
	lines := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Repeat("line ", 5) + string(rune('a'+i%26)) + strings.Repeat("x", i/26) + "\n")
		}
		return b.String()
	}
	for _, one := range []struct{ name, a, b, want string }{
		{"the same", `[{"insert":"abc"}]`, `[{"insert":"abc"}]`, `[]`},
		{"one unit", `[{"insert":"abc\n"}]`, `[{"insert":"abXc\n"}]`, `[{"retain":2},{"insert":"X"}]`},
		{"formats", `[{"insert":"abc"}]`, `[{"insert":"a"},{"insert":"b","attributes":{"bold":true}},{"insert":"c"}]`, `[{"retain":1},{"retain":1,"attributes":{"bold":true}}]`},
		{"formats away", `[{"insert":"ab","attributes":{"bold":true,"x":1}}]`, `[{"insert":"ab","attributes":{"x":1}}]`, `[{"retain":2,"attributes":{"bold":null}}]`},
		{"an embed of the same value", `[{"insert":{"image":"/a"}},{"insert":"x"}]`, `[{"insert":"y"},{"insert":{"image":"/a"}},{"insert":"x"}]`, `[{"insert":"y"}]`},
		{"an embed of another value", `[{"insert":{"image":"/a"}}]`, `[{"insert":{"image":"/b"}}]`, `[{"insert":{"image":"/b"}},{"delete":1}]`},
		{"characters stay whole", `[{"insert":"😀"}]`, `[{"insert":"😁"}]`, `[{"insert":"😁"},{"delete":2}]`},
		{"no letters of a rewritten word", `[{"insert":"the walrus"}]`, `[{"insert":"the flamingo"}]`, `[{"retain":4},{"insert":"flamingo"},{"delete":6}]`},
	} {
		if got := checkDiff(t, must(t, one.a), must(t, one.b)); got.String() != one.want {
			t.Errorf("%s: %s, want %s", one.name, got, one.want)
		}
	}
	text := lines(3000)
	cut := strings.Index(text, "d"+strings.Repeat("x", 40)+"\n")
	moved := "new first line\n" + text[:cut] + "Z" + text[cut:]
	if d := checkDiff(t, FromText(text), FromText(moved)); d.Growth() != 16 || len(d) > 4 {
		t.Errorf("two edits in a long text made %d components, growing by %d: %.500s", len(d), d.Growth(), d)
	}
}

// TestP8DiffIsBounded compares texts that are hard to compare: Diff must end soon, whatever it finds.
func TestP8DiffIsBounded(t *testing.T) {
	g := newGenerator(t)
	noise := func(n int, letters string) Delta {
		var b strings.Builder
		for range n {
			b.WriteByte(letters[g.IntN(len(letters))])
		}
		return FromText(b.String())
	}
	checkDiff(t, noise(100_000, "ab"), noise(100_000, "ab"))
	checkDiff(t, noise(100_000, "a\n"), noise(90_000, "b\n"))
	checkDiff(t, noise(100_000, "abcdefghij\n"), noise(100_000, "abcdefghij\n"))
}

func TestDiffRefusesOps(t *testing.T) {
	if _, err := Diff(Delta{Retain(1)}, Delta{}); err == nil {
		t.Error("Diff of an op: no error")
	}
}
