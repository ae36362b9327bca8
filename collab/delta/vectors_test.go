package delta

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
)

// vector is one case with the answers of quill-delta 5.1.0, which testdata/node/answer.mjs explains.
type vector struct {
	Name         string
	Doc, A, B, C json.RawMessage
	Want         answer
}

type answer struct {
	Applied, Composed, Twice, First, Second, Merged, Undo json.RawMessage
	Stays, Pushed                                         []int
}

// differences returns where our results are not, op for op, quill-delta's.
func (w *answer) differences(s scenario) ([]string, error) {
	undo, err := Invert(s.a, s.doc)
	if err != nil {
		return nil, err
	}
	applied := Compose(s.doc, s.a)
	first := Transform(s.a, s.b, CommittedFirst)
	var out []string
	for _, one := range []struct {
		what string
		got  Delta
		want json.RawMessage
	}{
		{"Compose(doc, a)", applied, w.Applied},
		{"Compose(a, c)", Compose(s.a, s.c), w.Composed},
		{"Compose(Compose(doc, a), c)", Compose(applied, s.c), w.Twice},
		{"Transform(a, b, CommittedFirst)", first, w.First},
		{"Transform(a, b, OpFirst)", Transform(s.a, s.b, OpFirst), w.Second},
		{"Compose(Compose(doc, a), b')", Compose(applied, first), w.Merged},
		{"Invert(a, doc)", undo, w.Undo},
	} {
		want, err := Decode(one.want, Limits{})
		if err != nil {
			return nil, fmt.Errorf("%s: quill-delta's answer %s: %w", one.what, one.want, err)
		}
		if !one.got.Equal(want) {
			out = append(out, fmt.Sprintf("%s = %s, want %s", one.what, one.got, want))
		}
	}
	for _, one := range []struct {
		caret Caret
		want  []int
	}{{Stays, w.Stays}, {Pushed, w.Pushed}} {
		got := make([]int, len(one.want))
		for at := range got {
			got[at] = TransformPosition(at, s.a, one.caret)
		}
		if !slices.Equal(got, one.want) {
			out = append(out, fmt.Sprintf("TransformPosition(0…, a, stays=%v) = %v, want %v", one.caret, got, one.want))
		}
	}
	return out, nil
}

func (s scenario) String() string {
	return fmt.Sprintf(`{"doc":%s,"a":%s,"b":%s,"c":%s}`, s.doc, s.a, s.b, s.c)
}

func TestP6VectorsOfQuillDelta(t *testing.T) {
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 800 {
		t.Fatalf("%d vectors, want 800 or more", len(vectors))
	}
	for i, v := range vectors {
		s := scenario{must(t, string(v.Doc)), must(t, string(v.A)), must(t, string(v.B)), must(t, string(v.C))}
		differences, err := v.Want.differences(s)
		if err != nil {
			t.Fatalf("vector %d %s: %v", i, v.Name, err)
		}
		for _, d := range differences {
			t.Errorf("vector %d %s: %s\n%s", i, v.Name, s, d)
		}
		// The document tree, and the encoded op, must say the same.
		doc := newDocument(t, s.doc)
		for _, op := range []Delta{s.a, Transform(s.a, s.b, CommittedFirst)} {
			if err := doc.Apply(op); err != nil {
				t.Fatalf("vector %d %s: Apply(%s): %v", i, v.Name, op, err)
			}
		}
		if got, want := doc.Freeze().Delta(), documentForm(must(t, string(v.Want.Merged))); !got.Equal(want) {
			t.Errorf("vector %d %s: %s\nthe tree holds %s, want %s", i, v.Name, s, got, want)
		}
	}
	t.Logf("%d vectors", len(vectors))
}
