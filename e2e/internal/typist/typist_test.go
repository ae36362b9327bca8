package typist

import (
	"testing"

	"quire/collab/delta"
)

func TestMoved(t *testing.T) {
	text := delta.Insert("abc")
	for _, c := range []struct {
		name        string
		caret, want int
		op          delta.Delta
	}{
		{"insert before", 5, 8, delta.Delta{delta.Retain(2), text}},
		{"insert at the caret", 5, 5, delta.Delta{delta.Retain(5), text}},
		{"insert after", 5, 5, delta.Delta{delta.Retain(6), text}},
		{"delete before", 5, 3, delta.Delta{delta.Retain(1), delta.Delete(2)}},
		{"delete over the caret", 5, 4, delta.Delta{delta.Retain(4), delta.Delete(9)}},
		{"delete, then insert", 5, 6, delta.Delta{delta.Delete(2), text}},
		{"delete after", 5, 5, delta.Delta{delta.Retain(5), delta.Delete(2)}},
	} {
		if got := moved(c.caret, c.op); got != c.want {
			t.Errorf("%s: moved(%d, %v) = %d, want %d", c.name, c.caret, c.op, got, c.want)
		}
	}
}
