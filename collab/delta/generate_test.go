package delta

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// generator makes random documents and ops: ASCII, astral characters, lone halves, NUL, attributes with null and objects,
// embeds, and ops in raw form (neighbours unmerged, deletes before inserts, retains at the end).
type generator struct {
	*rand.Rand
	texts     []string
	emptySets bool // also makes attributes {}
}

// newGenerator returns a generator and prints its seed. QUIRE_SEED repeats a run.
func newGenerator(t testing.TB) *generator {
	t.Helper()
	seed := rand.Uint64()
	if s := os.Getenv("QUIRE_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("QUIRE_SEED=%d", seed)
	return seeded(seed)
}

func seeded(seed uint64) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, 1)), texts: []string{"a", "b", "c", "wxyz", "\n", "é", "中", "😀", "𝓊𝓋",
		"\xed\xa0\xbd", "\xed\xb8\x80", "\x00", "\"\\", "\u2028", "퟿", "\uffff"}}
}

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

func (g *generator) text() string {
	s := ""
	for range 1 + g.IntN(3) {
		s = string(appendText([]byte(s), pick(g, g.texts)))
	}
	return s
}

var someValues = []string{"true", "true", "null", `"red"`, "1", "2.5", `{"k":1,"l":[2]}`, `{"l":[2],"k":1}`, "[]", `""`, `"\ud800"`}

var someEmbeds = []string{`{"image":"u"}`, `{"divider":true}`, `{"two":1,"keys":2}`, "7", "true", `[1,"b"]`}

func (g *generator) attributes() *Attributes {
	if g.emptySets && g.IntN(8) == 0 {
		return newAttributes(nil)
	}
	var list []attribute
	for _, name := range []string{"bold", "color", "x", "link"} {
		if g.IntN(3) == 0 {
			list = append(list, attribute{name, pick(g, someValues)})
		}
	}
	if len(list) == 0 {
		list = append(list, attribute{"bold", "true"})
	}
	g.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return newAttributes(list)
}

func (g *generator) insert() Component {
	c := Insert(g.text())
	if g.IntN(5) == 0 {
		c = Component{kind: KindEmbed, text: pick(g, someEmbeds), n: 1}
	}
	if g.IntN(3) == 0 {
		c = c.With(g.attributes())
	}
	return c
}

// document returns a random document in normal form.
func (g *generator) document(most int) Delta {
	var d Delta
	for range g.IntN(most + 1) {
		d = append(d, g.insert())
	}
	return d.Normal()
}

// op returns a random op in raw form that fits a document of that length.
func (g *generator) op(length, most int) Delta {
	var d Delta
	left := length
	for range g.IntN(most + 1) {
		kind, n := g.IntN(4), 0
		if left > 0 {
			n = 1 + g.IntN(min(left, 4+left/8))
		}
		switch {
		case kind == 0 || n == 0:
			d = append(d, g.insert())
			continue
		case kind == 1:
			d = append(d, Delete(n))
		case kind == 2:
			d = append(d, Retain(n))
		default:
			d = append(d, Retain(n).With(g.attributes()))
		}
		left -= n
	}
	if g.IntN(8) == 0 {
		d = append(d, Retain(1+g.IntN(5))) // plain, maybe past the end
	}
	return d
}

// scenario is a document with two concurrent ops and one that follows the first.
type scenario struct{ doc, a, b, c Delta }

func (g *generator) scenario() scenario {
	s := scenario{doc: g.document(6)}
	s.a, s.b = g.op(s.doc.Len(), 6), g.op(s.doc.Len(), 6)
	s.c = g.op(Compose(s.doc, s.a).Len(), 6)
	return s
}

// must decodes JSON that is known to be valid.
func must(t testing.TB, json string) Delta {
	t.Helper()
	d, err := Decode([]byte(json), Limits{})
	if err != nil {
		t.Fatalf("Decode(%s): %v", json, err)
	}
	return d
}
