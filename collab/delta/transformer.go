package delta

// Transformer brings one op over many committed ones, one at a time and in their order (E2), with what repeated Transform
// gives, op for op. While that is little work it does just that. Once it is not (E5), it keeps the op in an index, and each
// committed op costs about its own length and what it touches, not the length of the op.
type Transformer struct {
	order Order
	op    Delta // while there is no index; after the first step it lies in spare's memory or the other way round
	spare Delta
	index *index
	steps int // naive ones
}

// An index costs about as much to build as a naive step, and a step in it as much as a naive one over some 200 components.
const (
	indexAfter  = 1   // naive steps, when one more op comes: the first is needed, as it gives the op the form that push gives
	indexLength = 300 // components of the op
)

// NewTransformer returns one for op as it was sent. op is not changed.
func NewTransformer(op Delta, order Order) *Transformer {
	return &Transformer{op: op, order: order}
}

// Over transforms over one more committed op.
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

// Delta returns the op as it is now; it is the caller's, and the Transformer can go on.
func (t *Transformer) Delta() Delta {
	if t.index != nil {
		return t.index.delta()
	}
	return append(Delta{}, t.op...)
}

// TransformAll returns op over each of committed in turn.
func TransformAll(committed []Delta, op Delta, order Order) Delta {
	t := NewTransformer(op, order)
	for _, c := range committed {
		t.Over(c)
	}
	return t.Delta()
}
