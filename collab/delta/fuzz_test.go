package delta

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzDecode checks that what Decode accepts is also JSON for encoding/json with the same values, survives a round trip
// unchanged, and applies or is refused without a panic.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`[]`, `{"ops":[{"retain":1e0},{"insert":"\ud83d\u0000"},{"delete":2}]}`, `[{"insert":{"a":[1,null]},"attributes":{"b":{"c":1.50}}}]`,
		`[{"retain":1,"retain":2}]`, "[{\"insert\":\"é😀\"}]", `[{"insert":"x","attributes":{"__proto__":1}}]`, `[{"insert":-0.1e-7}]`} {
		f.Add([]byte(seed))
	}
	for _, seed := range valueSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Decode(data, Limits{})
		if err != nil {
			if mustBeAccepted(data) {
				t.Fatalf("Decode(%q): %v", data, err)
			}
			return
		}
		d.sameAs(t, data)
		again, err := Decode(d.AppendJSON(nil), Limits{})
		if err != nil || !again.Equal(d) || again.String() != d.String() {
			t.Fatalf("%q: %s comes back as %s, %v", data, d, again, err)
		}
		doc := &Document{}
		doc.load(FromText("some text 😀\n"))
		if err := doc.Apply(d); err == nil {
			same(t, doc, Compose(FromText("some text 😀\n"), d))
		}
	})
}

// mustBeAccepted reports whether data is an op that must be accepted: encoding/json reads it, and each component is of a simple kind.
func mustBeAccepted(data []byte) bool {
	var ops []map[string]any
	if json.Unmarshal(data, &ops) != nil || ops == nil || len(data) > 1000 || bytes.ContainsAny(data, "\\\x7f") || !isASCII(data) {
		return false
	}
	for _, op := range ops {
		if len(op) != 1 {
			return false
		}
		text, isText := op["insert"].(string)
		retained, _ := op["retain"].(float64)
		deleted, _ := op["delete"].(float64)
		n := max(retained, deleted)
		if isText && text == "" || !isText && (n < 1 || n > 1e9 || n != float64(int(n))) {
			return false
		}
	}
	return true
}

func isASCII(data []byte) bool {
	for _, b := range data {
		if b >= 0x80 {
			return false
		}
	}
	return true
}

// FuzzTransform makes a scenario from a seed and checks that both ways round the diamond meet, on flat documents and in the tree.
func FuzzTransform(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, uint8(3), []byte(`[{"retain":1},{"delete":2},{"insert":"😀"}]`))
	}
	f.Fuzz(func(t *testing.T, seed uint64, most uint8, op []byte) {
		g := seeded(seed)
		g.emptySets = true
		doc := g.document(int(most % 16))
		a, b := g.op(doc.Len(), int(most%16)), g.op(doc.Len(), int(most%16))
		if d, err := Decode(op, Limits{}); err == nil && Fits(d, doc.Len()) == nil {
			a = d
		}
		b1, a1 := Transform(a, b, CommittedFirst), Transform(b, a, OpFirst)
		one, other := newDocument(t, doc), newDocument(t, doc)
		for _, step := range []struct {
			on *Document
			op Delta
		}{{one, a}, {one, b1}, {other, b}, {other, a1}} {
			if err := step.on.Apply(step.op); err != nil {
				t.Fatalf("doc %s, a %s, b %s: Apply(%s): %v", doc, a, b, step.op, err)
			}
		}
		if x, y := one.Freeze().Delta(), other.Freeze().Delta(); !x.Equal(y) {
			t.Fatalf("doc %s, a %s, b %s: one way %s, the other %s", doc, a, b, x, y)
		}
		same(t, one, Compose(Compose(doc, a), b1))
	})
}
