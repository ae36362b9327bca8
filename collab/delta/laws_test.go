package delta

import (
	"os"
	"testing"
)

// each runs a law on random scenarios: 5,000, in full tests 50,000.
func each(t *testing.T, law func(t *testing.T, s scenario)) {
	t.Helper()
	g := newGenerator(t)
	g.emptySets = true
	cases := 5000
	if os.Getenv("QUIRE_FULL") == "1" {
		cases *= 10
	}
	for i := range cases {
		s := g.scenario()
		if law(t, s); t.Failed() {
			t.Fatalf("case %d: %s", i, s)
		}
	}
}

// equalDocuments compares the results of two ways.
func equalDocuments(t *testing.T, one, other Delta) {
	t.Helper()
	if x, y := documentForm(one), documentForm(other); !x.Equal(y) {
		t.Errorf("one way leads to\n%s, the other to\n%s", x, y)
	}
}

func TestP6BothWaysRoundTheDiamondMeet(t *testing.T) {
	each(t, func(t *testing.T, s scenario) {
		left := Compose(Compose(s.doc, s.a), Transform(s.a, s.b, CommittedFirst))
		right := Compose(Compose(s.doc, s.b), Transform(s.b, s.a, OpFirst))
		equalDocuments(t, left, right)
	})
}

func TestComposeIsApplyingInTurn(t *testing.T) {
	each(t, func(t *testing.T, s scenario) {
		equalDocuments(t, Compose(s.doc, Compose(s.a, s.c)), Compose(Compose(s.doc, s.a), s.c))
	})
}

func TestComposeIsAssociativeByEffect(t *testing.T) {
	g := newGenerator(t)
	each(t, func(t *testing.T, s scenario) {
		after := Compose(Compose(s.doc, s.a), s.c)
		last := g.op(after.Len(), 5)
		equalDocuments(t, Compose(s.doc, Compose(Compose(s.a, s.c), last)), Compose(s.doc, Compose(s.a, Compose(s.c, last))))
	})
}

func TestComposeAllIsApplyingInTurn(t *testing.T) {
	g := newGenerator(t)
	each(t, func(t *testing.T, s scenario) {
		doc, ops := s.doc, []Delta{}
		for range g.IntN(7) {
			op := g.op(doc.Len(), 4)
			ops, doc = append(ops, op), Compose(doc, op)
		}
		equalDocuments(t, Compose(s.doc, ComposeAll(ops)), doc)
	})
}

func TestP7InvertUndoes(t *testing.T) {
	each(t, func(t *testing.T, s scenario) {
		undo, err := Invert(s.a, s.doc)
		if err != nil {
			t.Fatal(err)
		}
		equalDocuments(t, withoutNulls(Compose(Compose(s.doc, s.a), undo)), withoutNulls(s.doc))
	})
}

// withoutNulls drops null attributes from inserts: no retain can set one, so an inverse cannot restore it.
func withoutNulls(d Delta) Delta {
	out := make(Delta, len(d))
	for i, c := range d {
		out[i] = c.With(composeAttributes(nil, c.attrs, dropNulls))
	}
	return out
}

// TestCursorStaysWithItsCharacter follows a unit that a does not delete through a: the caret before it and the range over it move
// with it.
func TestCursorStaysWithItsCharacter(t *testing.T) {
	each(t, func(t *testing.T, s scenario) {
		length, grown := s.doc.Len(), s.doc.Len()+s.a.Growth()
		for at := range length + 1 {
			stays, pushed := TransformPosition(at, s.a, Stays), TransformPosition(at, s.a, Pushed)
			if stays < 0 || stays > pushed || pushed > grown {
				t.Fatalf("caret %d of %d goes to %d or %d of %d", at, length, stays, pushed, grown)
			}
			to, kept := follow(s.a, at)
			if at < length && kept && pushed != to {
				t.Fatalf("the unit at %d goes to %d, a caret before it that is pushed to %d", at, to, pushed)
			}
			if index, n := TransformRange(at, min(3, length-at), s.a, Stays); index < 0 || n < 0 || index+n > grown {
				t.Fatalf("range %d+3 goes to %d+%d of %d", at, index, n, grown)
			}
		}
	})
}

// follow returns the new position of the unit at that position of the base, and whether it is kept.
func follow(op Delta, at int) (to int, kept bool) {
	from := 0
	for i := range op {
		c := &op[i]
		if c.inserts() {
			to += c.n
			continue
		}
		if at < from+c.n {
			return to + at - from, c.kind == KindRetain
		}
		from += c.n
		if c.kind == KindRetain {
			to += c.n
		}
	}
	return to + at - from, true
}

// TestE2TransformOverComposedHistoryDiffers shows by counterexample why an op is transformed over each committed op separately.
// A change that composes history before a transform would have to break this test, and must not.
func TestE2TransformOverComposedHistoryDiffers(t *testing.T) {
	for _, one := range []struct {
		doc, b1, b2, op  string
		order            Order
		inTurn, overBoth string
	}{
		{`[{"insert":"b"}]`, `[{"retain":1},{"insert":"a"}]`, `[{"delete":1}]`, `[{"insert":"x"}]`, CommittedFirst, "xa", "ax"},
		{`[{"insert":"b"}]`, `[{"delete":1}]`, `[{"insert":"a"}]`, `[{"retain":1},{"insert":"x"}]`, OpFirst, "xa", "ax"},
		{`[{"insert":"ab"}]`, `[{"retain":2},{"insert":"W"}]`, `[{"delete":2}]`, `[{"insert":"V"}]`, CommittedFirst, "VW", "WV"},
	} {
		doc, b1, b2, op := must(t, one.doc), must(t, one.b1), must(t, one.b2), must(t, one.op)
		after := Compose(Compose(doc, b1), b2)
		inTurn := Compose(after, Transform(b2, Transform(b1, op, one.order), one.order)).PlainText()
		overBoth := Compose(after, Transform(Compose(b1, b2), op, one.order)).PlainText()
		if inTurn != one.inTurn || overBoth != one.overBoth {
			t.Errorf("%s over %s, %s: in turn %q, composed %q, want %q and %q", op, b1, b2, inTurn, overBoth, one.inTurn, one.overBoth)
		}
	}
}

// TestE2OpIsTransformedAsSent shows that the form in which an op was sent decides ties.
func TestE2OpIsTransformedAsSent(t *testing.T) {
	doc, raw, other := must(t, `[{"insert":"a"}]`), must(t, `[{"delete":1},{"insert":"X"}]`), must(t, `[{"retain":1},{"insert":"Z"}]`)
	after := Compose(doc, other)
	if got := Compose(after, Transform(other, raw, CommittedFirst)).PlainText(); got != "ZX" {
		t.Errorf("as sent: %q, want ZX", got)
	}
	if got := Compose(after, Transform(other, raw.Normal(), CommittedFirst)).PlainText(); got != "XZ" {
		t.Errorf("in normal form first: %q, want XZ: then this test has lost its point", got)
	}
}
