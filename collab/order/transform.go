package order

import (
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// moving is an op on its way over others, one at a time.
type moving interface {
	Over(committed delta.Delta)
	Delta() delta.Delta // as it is now, the caller's own
}

// mover is a moving for small ops, in memory that it uses again and again. For large ones there is delta.Transformer (E5).
type mover struct {
	op      delta.Delta
	moved   bool
	scratch [2]delta.Delta
}

func (m *mover) start(op delta.Delta) *mover {
	m.op, m.moved = op, false
	return m
}

func (m *mover) Over(committed delta.Delta) {
	const keep = 4096 // components; larger memory is not held on to
	m.op, m.moved = delta.TransformInto(m.scratch[0][:0], committed, m.op, delta.CommittedFirst), true
	m.scratch[0], m.scratch[1] = m.scratch[1], m.op
	if cap(m.scratch[0]) > keep {
		m.scratch[0] = nil
	}
}

func (m *mover) Delta() delta.Delta {
	if m.moved {
		return append(make(delta.Delta, 0, len(m.op)), m.op...)
	}
	return m.op
}

// take takes o over ops, which follow revision o.at, one at a time (E2), looking for its twin on the way (L3). m has been
// started with o's form.
func take[M moving](m M, o *Op, ops []Entry) (Verdict, bool) {
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

// clash says why an op of one kind cannot follow a committed one that its sender had not seen.
func clash(mine, committed wire.Kind) *wire.Error {
	switch {
	case committed == wire.Create, committed == wire.Edit && mine == wire.Create:
		return wire.Errorf(wire.CodeAlreadyCreated, "the document was created by someone else meanwhile")
	case committed == wire.Del && mine != wire.Del:
		return wire.Errorf(wire.CodeWasDeleted, "the document was deleted meanwhile")
	}
	return nil
}

// Journey takes an op over a long stretch of the log, page by page, while the Sequencer goes on: it touches the op alone. After
// End the op is submitted again, with what it has not seen since, which is less each time.
type Journey struct {
	op *Op
	m  *delta.Transformer
}

// maxJourneys is after how many an op is finished within a turn, whatever it costs, so that it does not chase a busy document
// for ever.
const maxJourneys = 6

// Journey begins one for an op whose verdict was Long.
func (o *Op) Journey() Journey {
	o.journeys++
	return Journey{o, delta.NewTransformer(o.form.Delta, delta.CommittedFirst)}
}

// Over takes the op over a page that follows where it is (Op.At). When it reports true, the verdict is final.
func (j *Journey) Over(page []Entry) (Verdict, bool) { return take(j.m, j.op, page) }

// End sets down what became of the op.
func (j *Journey) End() { j.op.form.Delta = j.m.Delta() }
