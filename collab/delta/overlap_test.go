package delta

import (
	"fmt"
	"testing"
)

// TestTransformEveryKindAtEveryOverlap crosses every pair of kinds with every overlap of their ranges, on a document of twelve
// units: before, touching, inside, same, across, around, after. Both ways round the diamond must meet, the author's change must
// stay as large as the overlap allows, and where two meet the result must be the expected one.
func TestTransformEveryKindAtEveryOverlap(t *testing.T) {
	doc := FromText("abcdefghijkl")
	bold, red := newAttributes([]attribute{{"bold", "true"}}), newAttributes([]attribute{{"color", `"red"`}, {"bold", "null"}})
	image := Component{kind: KindEmbed, text: `{"image":"/i"}`, n: 1}
	kinds := []struct {
		name   string
		change func(n int) Component // over n units, or at a position if it is an insert
	}{
		{"text", func(int) Component { return Insert("XY") }},
		{"embed", func(int) Component { return image }},
		{"format", func(n int) Component { return Retain(n).With(bold) }},
		{"other format", func(n int) Component { return Retain(n).With(red) }},
		{"delete", Delete},
	}
	ranges := []struct {
		name           string
		a0, a1, b0, b1 int
	}{
		{"before", 1, 3, 6, 9}, {"touching", 1, 4, 4, 7}, {"across the start", 2, 6, 4, 8}, {"around", 2, 10, 4, 7},
		{"same", 3, 7, 3, 7}, {"same start", 3, 7, 3, 5}, {"same end", 3, 7, 5, 7}, {"inside", 4, 6, 2, 9},
		{"across the end", 4, 9, 2, 6}, {"touching behind", 7, 9, 4, 7}, {"behind", 8, 10, 1, 3}, {"all", 0, 12, 0, 12}, {"at the end", 0, 12, 12, 12},
	}
	at := func(from, to int, change func(int) Component) Delta {
		var op Delta
		if from > 0 {
			op = append(op, Retain(from))
		}
		c := change(to - from)
		if c.n == 0 {
			return op
		}
		return append(op, c)
	}
	for _, ka := range kinds {
		for _, kb := range kinds {
			for _, r := range ranges {
				t.Run(fmt.Sprintf("%s %s %s", ka.name, r.name, kb.name), func(t *testing.T) {
					a, b := at(r.a0, r.a1, ka.change), at(r.b0, r.b1, kb.change)
					b1, a1 := Transform(a, b, CommittedFirst), Transform(b, a, OpFirst)
					equalDocuments(t, Compose(Compose(doc, a), b1), Compose(Compose(doc, b), a1))
					if got, want := b1.Growth(), wantGrowth(a, b, r.a0, r.a1, r.b0, r.b1); got != want {
						t.Errorf("b over a is %s, which grows the document by %d, want %d", b1, got, want)
					}
					if err := Fits(b1, doc.Len()+a.Growth()); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
}

// wantGrowth returns by how many units b, after a, lengthens the document: units that both delete are deleted once.
func wantGrowth(a, b Delta, a0, a1, b0, b1 int) int {
	growth := b.Growth()
	if a.Growth() < 0 && growth < 0 {
		growth += max(0, min(a1, b1)-max(a0, b0))
	}
	return growth
}

func TestTransformWrittenDown(t *testing.T) {
	for _, one := range []struct{ name, committed, op, first, second string }{
		{"a tie", `[{"insert":"A"}]`, `[{"insert":"B"}]`, `[{"retain":1},{"insert":"B"}]`, `[{"insert":"B"}]`},
		{"a tie of embeds", `[{"insert":{"image":"/a"}}]`, `[{"insert":{"image":"/b"}}]`, `[{"retain":1},{"insert":{"image":"/b"}}]`, `[{"insert":{"image":"/b"}}]`},
		{"null is set too", `[{"retain":1,"attributes":{"bold":null}}]`, `[{"retain":1,"attributes":{"bold":true}}]`, `[]`, `[{"retain":1,"attributes":{"bold":true}}]`},
		{"what is left", `[{"retain":1,"attributes":{"bold":1}}]`, `[{"retain":1,"attributes":{"x":1,"bold":2}}]`, `[{"retain":1,"attributes":{"x":1}}]`, `[{"retain":1,"attributes":{"x":1,"bold":2}}]`},
		{"inserts keep theirs", `[{"retain":9,"attributes":{"bold":1}}]`, `[{"retain":1},{"insert":"x","attributes":{"bold":2}}]`, `[{"retain":1},{"insert":"x","attributes":{"bold":2}}]`, `[{"retain":1},{"insert":"x","attributes":{"bold":2}}]`},
		{"units, not characters", `[{"insert":"😀"}]`, `[{"retain":1},{"insert":"x"}]`, `[{"retain":3},{"insert":"x"}]`, `[{"retain":3},{"insert":"x"}]`},
		{"insert hops before the delete it meets", `[{"retain":1},{"delete":2}]`, `[{"delete":1},{"retain":2},{"insert":"X"}]`, `[{"insert":"X"},{"delete":1}]`, `[{"insert":"X"},{"delete":1}]`},
		{"an op becomes empty", `[{"delete":3}]`, `[{"retain":1},{"delete":2}]`, `[]`, `[]`},
	} {
		for order, want := range map[Order]string{CommittedFirst: one.first, OpFirst: one.second} {
			if got := Transform(must(t, one.committed), must(t, one.op), order); got.String() != want {
				t.Errorf("%s, order %v: %s, want %s", one.name, order, got, want)
			}
		}
	}
}
