package delta

// Transformer transforms one op over many committed ops, one at a time and in order (E2). Its result is that of repeated
// Transform, op for op. For a small op it calls just that. A large op it keeps in an index (E5), where a committed op costs about
// its own length and what it touches, not the length of the large op.
type Transformer struct {
	order Order
	op    Delta // unused once there is an index
	spare Delta // memory for the next result, swapped with op's
	index *index
	steps int // naive steps so far
}

// Building an index costs about as much as a naive step. A step in it costs about as much as a naive one of an op with 200
// components.
const (
	indexAfter  = 1   // naive steps before: the first puts the op into the form that push builds, which an index needs
	indexLength = 300 // components of the op
)

// NewTransformer returns a Transformer for op as it was sent. It does not change op.
func NewTransformer(op Delta, order Order) *Transformer {
	return &Transformer{op: op, order: order}
}

// Over transforms the op over one more committed op.
func (t *Transformer) Over(committed Delta) {
	if t.index == nil && t.steps >= indexAfter && len(t.op) >= indexLength {
		t.index = newIndex(t.op, t.order)
		t.op, t.spare = nil, nil
	}
	if t.index != nil {
		t.index.over(committed)
		return
	}
	if t.spare == nil {
		t.spare = make(Delta, 0, len(t.op)+len(committed)+8)
	}
	out := TransformInto(t.spare, committed, t.op, t.order)
	if t.steps == 0 {
		t.spare = nil // op was the caller's
	} else {
		t.spare = t.op[:0]
	}
	t.op = out
	t.steps++
}

// Delta returns a copy of the op as it is now. The Transformer may be used further.
func (t *Transformer) Delta() Delta {
	if t.index != nil {
		return t.index.delta()
	}
	return append(Delta{}, t.op...)
}

// TransformAll returns op transformed over each of committed in turn.
func TransformAll(committed []Delta, op Delta, order Order) Delta {
	t := NewTransformer(op, order)
	for _, c := range committed {
		t.Over(c)
	}
	return t.Delta()
}
