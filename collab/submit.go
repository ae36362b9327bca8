package collab

import (
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// ServerClient is the client of the server's own ops (E6). No client id that NewClientID makes is it.
const ServerClient = "quire"

// submit judges an op and, if it is good, makes it pending. An op that was judged before (far, later, withdrawn) goes on
// from where it was.
func (c *core) submit(s *submission) verdict {
	if v, done := c.begin(s); done {
		return v
	}
	if len(c.pending) >= c.limits.PendingOps || c.pendingBytes >= c.limits.PendingBytes {
		return verdict{ruling: rulingFull}
	}
	if v, done := c.advance(s); done {
		return v
	}
	if v, done := c.place(s); done {
		return v
	}
	return c.accept(s)
}

// begin finds the revision that s begins at.
func (c *core) begin(s *submission) (verdict, bool) {
	if s.begun {
		return verdict{}, false
	}
	s.begun, s.form, s.at = true, s.sent, s.base
	switch {
	case s.base > c.head:
		return refuse(wire.CodeNewerThanHead, "version %d is newer than the document's, which is %d", s.base, c.head), true
	case s.base != storage.Newest:
		return verdict{}, false
	case s.sent.Kind == wire.Edit:
		return refuse(wire.CodeOpBadlyFormed, "an op needs the version it was made for"), true
	case s.sent.Kind == wire.Create && c.head > 0:
		s.at = c.head
		return verdict{ruling: rulingFind}, true
	}
	s.at = c.head
	return verdict{}, false
}

// advance transforms s over the committed ops it has not seen.
func (c *core) advance(s *submission) (verdict, bool) {
	if !c.recent.holds(s.at) {
		return verdict{ruling: rulingFar}, true
	}
	unseen := c.recent.from(s.at)
	if len(unseen)*len(s.form.Delta) > c.limits.FarSteps && s.rounds < farRounds {
		return verdict{ruling: rulingFar}, true
	}
	m := c.mover.start(s.form.Delta)
	v, done := advance(m, s, unseen)
	if !done {
		s.form.Delta = m.Delta()
	}
	return v, done
}

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

// advance transforms s over ops, which follow revision s.at, one at a time (E2), looking for its twin on the way (L3). m has
// been started with s.form.
func advance[M moving](m M, s *submission, ops []entry) (verdict, bool) {
	for i := range ops {
		e := &ops[i]
		if e.seq == s.seq && e.client == s.client {
			s.form.Delta = m.Delta()
			return compareTwin(s, s.form, e, s.at+storage.Revision(i)), true
		}
		if err := clash(s.form.Kind, e.body.Kind); err != nil {
			return verdict{ruling: rulingRefused, err: err}, true
		}
		if s.form.Kind == wire.Edit && e.body.Kind == wire.Edit {
			m.Over(e.body.Delta)
		}
	}
	s.at += storage.Revision(len(ops))
	return verdict{}, false
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

// place checks s against what is pending, and finds the form it takes after it.
func (c *core) place(s *submission) (verdict, bool) {
	if len(c.pending)*len(s.form.Delta) > c.limits.FarSteps && len(c.pending) > 1 {
		return verdict{ruling: rulingLater}, true
	}
	form, m := s.form, c.mover.start(s.form.Delta)
	for _, p := range c.pending {
		if p.seq == s.seq && p.client == s.client && p.origin != nil {
			form.Delta = m.Delta()
			v := compareTwin(s, form, &entry{p.client, p.seq, p.author, p.placed, 0}, 0)
			if v.ruling == rulingDuplicate {
				p.twins = append(p.twins, s)
				v.ruling = rulingAttached
			}
			return v, true
		}
		if err := clash(form.Kind, p.placed.Kind); err != nil {
			return verdict{ruling: rulingRefused, err: err}, true
		}
		if form.Kind == wire.Edit && p.placed.Kind == wire.Edit {
			m.Over(p.placed.Delta)
		}
	}
	form.Delta = m.Delta()
	s.placed = form
	return c.check(s)
}

// check says whether s can be applied where it stands (E3) and stays within the limits.
func (c *core) check(s *submission) (verdict, bool) {
	switch {
	case s.foreign:
		return refuse(wire.CodeForbidden, "src is not a client of yours"), true
	case s.barred != nil:
		return verdict{ruling: rulingRefused, err: s.barred}, true
	case s.bad != nil:
		return verdict{ruling: rulingRefused, err: s.bad}, true
	}
	after := c.tip.after(s.placed)
	switch s.placed.Kind {
	case wire.Create:
		if c.tip.exists {
			return refuse(wire.CodeAlreadyCreated, "the document exists"), true
		}
		if !s.owner && c.head+storage.Revision(len(c.pending)) > 0 {
			return refuse(wire.CodeForbidden, "only an owner creates a deleted document anew"), true
		}
	case wire.Edit:
		if !c.tip.exists {
			return refuse(wire.CodeDoesNotExist, "the document has no content"), true
		}
		if err := delta.Fits(s.placed.Delta, c.tip.length); err != nil {
			return refuse(wire.CodeOpNotApplied, "%v", err), true
		}
	}
	if after.length > c.limits.DocumentUnits && after.length > c.tip.length {
		return refuse(wire.CodeTooLarge, "the document would have %d units, more than %d", after.length, c.limits.DocumentUnits), true
	}
	if c.full {
		return refuse(wire.CodeTooLarge, "the documents of this one's owner have reached the space they have on this server"), true
	}
	s.body = wire.AppendBody(make([]byte, 0, 64), s.placed)
	if total := c.logBytes + int64(c.pendingBytes+s.size()); total > c.limits.DocumentBytes {
		return refuse(wire.CodeTooLarge, "the document's history would have %d bytes, more than %d", total, c.limits.DocumentBytes), true
	}
	return verdict{}, false
}

// accept makes s pending, and the newline that must follow it (E6).
func (c *core) accept(s *submission) verdict {
	newline := c.newlines && c.losesNewline(s.placed)
	c.add(s)
	if newline {
		c.add(c.ownNewline(s.arrived))
	}
	return verdict{ruling: rulingAccepted}
}

func (c *core) add(s *submission) {
	c.pending = append(c.pending, s)
	c.pendingBytes += s.size()
	c.tip = c.tip.after(s.placed)
}

// compareTwin compares s, brought to where an op of its (client, seq) lies, with that op.
func compareTwin(s *submission, form wire.Body, e *entry, at storage.Revision) verdict {
	if e.author != s.author {
		return refuse(wire.CodeTwinDiffers, "this src and seq are of another author")
	}
	if !sameBody(form, e.body) {
		return refuse(wire.CodeTwinDiffers, "another op of this src and seq is in the document's history")
	}
	return verdict{ruling: rulingDuplicate, at: at, twin: e.body}
}

func sameBody(a, b wire.Body) bool {
	return a.Kind == b.Kind && (a.Delta.Equal(b.Delta) || a.Delta.Normal().Equal(b.Delta.Normal()))
}
