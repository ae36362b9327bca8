package load

import "quire/collab/delta"

// reader subscribes to a document and never types. A shadow is a reader that applies the ops to its own copy of the text.
type reader struct {
	follower
	text *delta.Document // a shadow's
}

func (r *reader) receive(frame []byte) error { return r.order(frame, r.text == nil, r.take) }

func (r *reader) take(m message) error {
	if r.text == nil {
		r.delivered(m)
		return nil
	}
	op, err := delta.Decode(m.op, unlimited())
	if err != nil {
		return err
	}
	return r.text.Apply(op)
}
