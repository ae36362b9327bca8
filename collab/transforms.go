package collab

import (
	"context"

	"quire/collab/budget"
	"quire/collab/order"
	"quire/storage"
)

// transforms are a document's long transforms under way: one for each author, so that their ops stay in order and nobody's many are in
// the way of another's. The others wait (forTransform). Used by the turn alone.
type transforms struct {
	running map[storage.UserID]*longTransform
}

// longWait is what an op that needs a long transform reserves until that is done.
type longWait struct {
	find  bool // not a transform, but its twin
	holds budget.Owner
}

// longOverhead is about what an op takes in memory beside its request, in bytes.
const longOverhead = 1 << 10

// transformLong has s transformed, or its twin found, once those of the same author before it are. If its sender has left meanwhile
// it is dropped: it was never acknowledged, so the client sends it again.
func (d *document) transformLong(s *submission, why order.Ruling) {
	if s.standing.gone() {
		s.undecided()
		return
	}
	s.long = &longWait{find: why == order.Find}
	s.long.holds.Charge(d.node.longs.Of(string(s.Author)), int64(len(s.raw)+longOverhead))
	if s.again { // before its author's others
		d.waits.first(forTransform, s)
	} else {
		d.waits.add(forTransform, s)
	}
	s.again = true
	d.nextTransform(s.Author)
}

// gone reports whether nobody waits for their ops any more.
func (st *standing) gone() bool { return st.left || st.handle != nil && st.handle.left }

// endLong releases what s reserved for a long transform.
func (s *submission) endLong() {
	s.long.holds.End()
	s.long = nil
}

// nextTransform starts an author's next long transform, unless one is under way.
func (d *document) nextTransform(author storage.UserID) {
	for d.transforms.running[author] == nil {
		s := d.waits.nextTransform(author)
		if s == nil {
			return
		}
		find := s.long.find
		s.bar(&d.life)
		switch {
		case s.timeline < d.log.timeline:
			s.endLong()
			s.undecided()
		case !d.life.live(), !s.standing.known:
			s.endLong()
			s.handle(d)
		case s.Barred != nil: // no work is done for those who may not write
			s.endLong()
			s.refuse(s.Barred)
		default:
			d.startTransform(s, find)
		}
	}
}

func (d *document) startTransform(s *submission, find bool) {
	t := &longTransform{node: d.node, doc: d.id, op: s, find: find, to: d.order.Head()}
	t.near, _ = d.order.Since(s.At())
	t.ctx, t.stop = context.WithCancel(d.node.ctx)
	if d.transforms.running == nil {
		d.transforms.running = map[storage.UserID]*longTransform{}
	}
	d.transforms.running[s.Author] = t
	d.waits.add(forTask, s)
	d.jobs.run(func() message {
		defer t.stop()
		v, decided := order.Verdict{Ruling: order.Crowded}, true // if nobody waits for it any more
		d.node.limited(t.ctx, s.Author, func(context.Context) { v, decided = t.run() })
		return call(func(d *document) { d.transformed(s, v, decided) })
	})
}

// transformed takes the result of a long transform.
func (d *document) transformed(s *submission, v order.Verdict, decided bool) {
	d.waits.takeBack(s)
	s.endLong()
	delete(d.transforms.running, s.Author)
	switch {
	case s.outdated(&d.log):
	case !d.life.live():
		s.handle(d)
	case decided:
		d.rule(s, v)
	default:
		d.submit(s)
	}
	d.nextTransform(s.Author)
}

// dropTransforms ends the long transforms for somebody who has left, and drops those that were not begun.
func (d *document) dropTransforms(of *standing) {
	for _, t := range d.transforms.running {
		if t.op.standing == of {
			t.stop()
		}
	}
	d.waits.drop(forTransform, func(s *submission) bool {
		if s.standing != of {
			return false
		}
		s.endLong()
		s.undecided()
		return true
	})
}
