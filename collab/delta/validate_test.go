package delta

import (
	"errors"
	"testing"
)

// TestE3FitsToTheUnit checks the limit: an op that ends with the document fits, one unit more does not, and the error says where.
func TestE3FitsToTheUnit(t *testing.T) {
	for _, one := range []struct{ op, want string }{
		{`[]`, ""}, {`[{"retain":99}]`, ""}, {`[{"retain":5},{"retain":1},{"retain":1}]`, ""}, {`[{"insert":"a"},{"retain":99}]`, ""},
		{`[{"retain":5},{"insert":"x"}]`, ""}, {`[{"delete":5}]`, ""}, {`[{"retain":1},{"delete":4},{"insert":"x"},{"retain":9}]`, ""},
		{`[{"retain":2},{"retain":3,"attributes":{"a":1}}]`, ""}, {`[{"delete":5},{"insert":"x"}]`, ""},
		{`[{"delete":6}]`, "component 0: delete of 0 to 6: past the end of the document, which has 5 units"},
		{`[{"retain":4},{"insert":"abc"},{"delete":2}]`, "component 2: delete of 4 to 6: past the end of the document, which has 5 units"},
		{`[{"retain":6,"attributes":{"a":1}}]`, "component 0: retain with attributes of 0 to 6: past the end of the document, which has 5 units"},
		{`[{"retain":6,"attributes":{}}]`, "component 0: retain with attributes of 0 to 6: past the end of the document, which has 5 units"},
		{`[{"retain":6},{"insert":"x"}]`, "component 1: insert at 6: past the end of the document, which has 5 units"},
		{`[{"retain":3},{"retain":3},{"insert":"x"}]`, "component 2: insert at 6: past the end of the document, which has 5 units"},
		{`[{"retain":9007199254740991},{"insert":"x"}]`, "component 1: insert at 9007199254740991: past the end of the document, which has 5 units"},
	} {
		op := must(t, one.op)
		doc := newDocument(t, FromText("12345"))
		before := doc.Freeze().Delta()
		err := Fits(op, doc.Len())
		if applied := doc.Apply(op); (err == nil) != (applied == nil) {
			t.Errorf("%s: Fits says %v, Apply %v", one.op, err, applied)
		}
		if one.want == "" {
			if err != nil {
				t.Errorf("%s: %v", one.op, err)
			}
			same(t, doc, Compose(before, op))
			continue
		}
		if !errors.Is(err, ErrPastEnd) || err.Error() != one.want {
			t.Errorf("%s: %v, want %s", one.op, err, one.want)
		}
		same(t, doc, before)
		if _, err := Invert(op, before); !errors.Is(err, ErrPastEnd) {
			t.Errorf("Invert(%s): %v", one.op, err)
		}
	}
}

func TestNewDocumentWantsInserts(t *testing.T) {
	for _, bad := range []Delta{{Retain(1)}, {Insert("a"), Delete(1)}} {
		if _, err := NewDocument(bad); !errors.Is(err, ErrNotDocument) {
			t.Errorf("NewDocument(%s): %v", bad, err)
		}
		if _, err := Invert(Delta{}, bad); !errors.Is(err, ErrNotDocument) {
			t.Errorf("Invert on %s: %v", bad, err)
		}
	}
}
