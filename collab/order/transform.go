package order

import (
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// transformer transforms an op over others, one at a time.
type transformer interface {
	Over(committed delta.Delta)
	Delta() delta.Delta // the op as it is now; the caller may keep it
}

// smallTransformer is a transformer for small ops that reuses its memory. For large ops there is delta.Transformer (E5).
type smallTransformer struct {
	op      delta.Delta
	moved   bool // op lies in scratch
	scratch [2]delta.Delta
}

func (m *smallTransformer) start(op delta.Delta) *smallTransformer {
	m.op, m.moved = op, false
	return m
}

func (m *smallTransformer) Over(committed delta.Delta) {
	const keep = 4096 // components; a larger scratch is dropped
	m.op, m.moved = delta.TransformInto(m.scratch[0][:0], committed, m.op, delta.CommittedFirst), true
	m.scratch[0], m.scratch[1] = m.scratch[1], m.op
	if cap(m.scratch[0]) > keep {
		m.scratch[0] = nil
	}
}

func (m *smallTransformer) Delta() delta.Delta {
	if m.moved {
		return append(make(delta.Delta, 0, len(m.op)), m.op...)
	}
	return m.op
}

// transformOver transforms o over ops, which follow revision o.at, one at a time (E2), and looks for its twin among them (L3).
// m was started with o's form. True means that the verdict is final.
func transformOver[T transformer](m T, o *Op, ops []Entry) (Verdict, bool) {
	for i := range ops {
		e := &ops[i]
		if e.Seq == o.Seq && e.Client == o.Client {
			o.form.Delta = m.Delta()
			return o.compare(o.form, e, o.at+storage.Revision(i)), true
		}
		if err := clash(o.form.Kind, e.Body.Kind); err != nil {
			return Verdict{Ruling: Refused, Err: err}, true
		}
		if o.form.Kind == wire.Edit && e.Body.Kind == wire.Edit {
			m.Over(e.Body.Delta)
		}
	}
	o.at += storage.Revision(len(ops))
	return Verdict{}, false
}

// clash returns why an op of one kind cannot follow another that its sender had not seen; nil if it can.
func clash(mine, earlier wire.Kind) *wire.Error {
	switch {
	case earlier == wire.Create, earlier == wire.Edit && mine == wire.Create:
		return wire.Errorf(wire.CodeAlreadyCreated, "the document was created by someone else meanwhile")
	case earlier == wire.Del && mine != wire.Del:
		return wire.Errorf(wire.CodeWasDeleted, "the document was deleted meanwhile")
	}
	return nil
}

// LongTransform transforms an op over a long stretch of the log, page by page. It touches only the op, so the Sequencer may be
// used meanwhile. After End the op is submitted again, for what was committed meanwhile: less each time.
type LongTransform struct {
	op *Op
	m  *delta.Transformer
}

// maxLongs is the number of LongTransforms after which an op is finished within a turn, whatever it costs: otherwise it could
// chase a busy document for ever.
const maxLongs = 6

// LongTransform starts one for an op whose verdict was Long.
func (o *Op) LongTransform() LongTransform {
	o.longs++
	return LongTransform{o, delta.NewTransformer(o.form.Delta, delta.CommittedFirst)}
}

// Over transforms the op over a page, which starts at revision Op.At. True means that the verdict is final.
func (l *LongTransform) Over(page []Entry) (Verdict, bool) { return transformOver(l.m, l.op, page) }

// End stores the result in the op.
func (l *LongTransform) End() { l.op.form.Delta = l.m.Delta() }
