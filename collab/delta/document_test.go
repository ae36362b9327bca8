package delta

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func newDocument(t testing.TB, content Delta) *Document {
	t.Helper()
	doc, err := NewDocument(content)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// documentForm returns the form in which documents are compared: normal, with attributes {} as none.
func documentForm(d Delta) Delta {
	plain := make(Delta, len(d))
	for i, c := range d {
		plain[i] = c.With(nilIfEmpty(c.attrs))
	}
	return plain.Normal()
}

// check checks the invariants of a tree.
func (d *Document) check() error {
	units, _, err := d.root.check(true)
	if err == nil && units != d.length {
		err = fmt.Errorf("the tree has %d units, the document says %d", units, d.length)
	}
	return err
}

func (n *node) check(root bool) (units, height int, err error) {
	if n.isLeaf() {
		sum := 0
		for i, r := range n.runs {
			if sum += r.n; r.n <= 0 || i > 0 && joins(n.runs[i-1].style, r.style) {
				return 0, 0, fmt.Errorf("run %d of %d units is empty or one with the run before", i, r.n)
			}
		}
		if sum != n.len() || n.len() == 0 && !root || n.len() > leafUnits || len(n.runs) > leafRuns+4 {
			return 0, 0, fmt.Errorf("leaf of %d units, %d in %d runs", n.len(), sum, len(n.runs))
		}
		return sum, 0, nil
	}
	if len(n.children) == 0 || len(n.children) > fanOut || len(n.children) != len(n.sizes) {
		return 0, 0, fmt.Errorf("inner node of %d children, %d sizes", len(n.children), len(n.sizes))
	}
	for i, k := range n.children {
		size, h, err := k.check(false)
		if err != nil {
			return 0, 0, err
		}
		if size != n.sizes[i] || i > 0 && h+1 != height {
			return 0, 0, fmt.Errorf("child %d has %d units and height %d, its parent says %d and %d", i, size, h, n.sizes[i], height-1)
		}
		units, height = units+size, h+1
	}
	return units, height, nil
}

// same compares a tree with the flat document that Compose returned.
func same(t *testing.T, doc *Document, flat Delta) {
	t.Helper()
	if err := doc.check(); err != nil {
		t.Fatal(err)
	}
	want := documentForm(flat)
	f := doc.Freeze()
	if got := f.Delta(); !got.Equal(want) {
		i := 0
		for i < min(len(got), len(want)) && got[i].Equal(want[i]) {
			i++
		}
		t.Fatalf("the tree differs from component %d on: it holds\n%.1500s, want\n%.1500s", i, got[i:], want[i:])
	}
	if got := f.AppendJSON(nil); !must(t, string(got)).Equal(want) { // equal attributes may differ in the order of keys
		t.Fatalf("AppendJSON =\n%.2000s, want\n%.2000s", got, want)
	}
	if got, want := f.EndsWithNewline(), strings.HasSuffix(want.PlainText(), "\n"); got != want {
		t.Fatalf("EndsWithNewline = %v, want %v", got, want)
	}
	if f.Len() != want.Len() || doc.Len() != want.Len() {
		t.Fatalf("Len = %d and %d, want %d", f.Len(), doc.Len(), want.Len())
	}
}

// TestP6TreeIsFlatCompose applies the same ops to a tree and by quill-delta's flat compose: growing, shrinking, pasting whole
// pages and formatting everything.
func TestP6TreeIsFlatCompose(t *testing.T) {
	g := newGenerator(t)
	g.emptySets = true
	rounds := 60
	if testing.Short() {
		rounds = 9
	}
	for round := range rounds {
		flat := g.document(4)
		if round%3 == 0 {
			flat = g.page(20_000)
		}
		doc := newDocument(t, flat)
		same(t, doc, flat)
		for step := range 80 {
			op := g.bigOp(doc.Len(), step)
			if err := doc.Apply(op); err != nil {
				t.Fatalf("Apply(%.1000s): %v", op, err)
			}
			if flat = Compose(flat, op); step%4 == 0 || round%5 == 0 {
				same(t, doc, flat)
			}
		}
		same(t, doc, flat)
	}
}

// page returns a document of about that many units, in a few or in very many runs.
func (g *generator) page(units int) Delta {
	var d Delta
	most := 1 + g.IntN(400)
	for n := 0; n < units; {
		text := strings.Repeat(g.text(), 1+g.IntN(most))
		c := Insert(text)
		if g.IntN(2) == 0 {
			c = c.With(g.attributes())
		}
		if g.IntN(9) == 0 {
			c = Component{kind: KindEmbed, text: pick(g, someEmbeds), n: 1}
		}
		d = append(d, c)
		n += c.n
	}
	return d.Normal()
}

// bigOp returns an op with small edits anywhere, and sometimes a pasted page, a large deletion or a large format.
func (g *generator) bigOp(length, step int) Delta {
	start := 0
	if length > 0 {
		start = g.IntN(length)
	}
	var op Delta
	if start > 0 {
		op = append(op, Retain(start))
	}
	left := length - start
	switch {
	case step%7 == 3:
		return append(op, g.page(1+g.IntN(6000))...)
	case step%7 == 5 && left > 1:
		return append(op, Delete(1+g.IntN(left/2)), Insert("x"))
	case step%7 == 6 && left > 1:
		return append(op, Retain(1+g.IntN(left)).With(g.attributes()))
	}
	return append(op, g.op(left, 8)...)
}

// TestP6TreeTypesAndErases types a long text at one place, then erases it unit by unit from random places.
func TestP6TreeTypesAndErases(t *testing.T) {
	g := newGenerator(t)
	flat := FromText("start\nend\n")
	doc := newDocument(t, flat)
	var typed []byte
	for i := range 6000 {
		s := pick(g, []string{"a", "b", "\n", "é", "😀"})
		op := Delta{Retain(5 + unitsOf(string(typed))), Insert(s)}
		if err := doc.Apply(op); err != nil {
			t.Fatal(i, err)
		}
		typed = append(typed, s...)
	}
	same(t, doc, FromText("start"+string(typed)+"\nend\n"))
	for doc.Len() > 0 {
		var op Delta
		if at := g.IntN(doc.Len()); at > 0 {
			op = append(op, Retain(at))
		}
		if err := doc.Apply(append(op, Delete(1))); err != nil {
			t.Fatal(err)
		}
		if err := doc.check(); err != nil {
			t.Fatal(doc.Len(), err)
		}
	}
	same(t, doc, Delta{})
}

// TestE4FrozenStatesStay keeps many frozen states and reads each from its own goroutine while the writer continues (for -race):
// none may change.
func TestE4FrozenStatesStay(t *testing.T) {
	g := newGenerator(t)
	doc := newDocument(t, g.page(30_000))
	var readers sync.WaitGroup
	for range 60 {
		frozen, want := doc.Freeze(), doc.Freeze().Delta().String()
		readers.Go(func() {
			if got := string(frozen.AppendJSON(nil)); got != want {
				t.Errorf("a frozen state changed: %d bytes, want %d", len(got), len(want))
			}
			_, _, _ = frozen.Preview(100), frozen.EndsWithNewline(), frozen.Delta()
		})
		for range 5 {
			if err := doc.Apply(g.bigOp(doc.Len(), g.IntN(7))); err != nil {
				t.Fatal(err)
			}
		}
	}
	readers.Wait()
	if err := doc.check(); err != nil {
		t.Fatal(err)
	}
}

func TestE3ApplyIsWholeOrNothing(t *testing.T) {
	g := newGenerator(t)
	for range 300 {
		flat := g.document(5)
		doc := newDocument(t, flat)
		length := doc.Len()
		op := append(g.op(length, 4), Retain(length+1), pick(g, []Component{Insert("x"), Delete(1), Retain(1).With(g.attributes())}))
		if err := doc.Apply(op); err == nil {
			t.Fatalf("Apply(%s) on %d units went through", op, length)
		}
		same(t, doc, flat)
	}
}

func TestPreview(t *testing.T) {
	doc := newDocument(t, must(t, `[{"insert":"\n  Hello"},{"insert":{"image":"/u"}},{"insert":"\n\n\twörld 😀 "},{"insert":"again\ud83d\n"}]`))
	for n, want := range map[int]string{0: "", 5: "Hello", 6: "Hello", 7: "Hello w", 13: "Hello wörld 😀", 99: "Hello wörld 😀 again\uFFFD"} {
		if got := doc.Freeze().Preview(n); got != want {
			t.Errorf("Preview(%d) = %q, want %q", n, got, want)
		}
	}
}
