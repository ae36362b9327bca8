package order

import (
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// Ruling tells the caller what to do with an op.
type Ruling uint8

const (
	Accepted  Ruling = iota // it is pending
	Duplicate               // its twin is in the log at Verdict.At
	Attached                // its twin is pending and lists it in Twins: both get one answer
	Refused                 // because of Verdict.Err
	Long                    // needs ops that are not kept, or too much work for one turn: see LongTransform
	Find                    // a creation without a version: its twin may be anywhere in the log
	Later                   // too much work over the pending ops: submit it again after the next commit
	Crowded                 // too many ops or bytes are pending: submit it again after the next commit
)

// Verdict is the result of judging an op.
type Verdict struct {
	Ruling Ruling
	At     storage.Revision // Duplicate only: the revision that the twin applies to in the log
	Twin   wire.Body        // Duplicate only: the twin as it is in the log
	Err    *wire.Error      // Refused only
}

func refuse(code wire.Code, format string, args ...any) Verdict {
	return Verdict{Ruling: Refused, Err: wire.Errorf(code, format, args...)}
}

// Submit judges an op and, if it accepts it, makes it pending, followed by the server's newline if one is needed. An op that was
// submitted before (Long, Later, Crowded, withdrawn) continues from the revision it has reached.
func (q *Sequencer) Submit(o *Op) Verdict {
	if v, done := q.begin(o); done {
		return v
	}
	if len(q.pending) >= q.limits.PendingOps || q.pendingBytes >= q.limits.PendingBytes {
		return Verdict{Ruling: Crowded}
	}
	if v, done := q.advance(o); done {
		return v
	}
	if v, done := q.place(o); done {
		return v
	}
	return q.accept(o)
}

// begin finds the revision that o starts at. Here and in advance, place and check, true means that the verdict is final.
func (q *Sequencer) begin(o *Op) (Verdict, bool) {
	if o.begun {
		return Verdict{}, false
	}
	o.begun, o.form, o.at = true, o.Body, o.Base
	switch {
	case o.Base > q.head:
		return refuse(wire.CodeNewerThanHead, "version %d is newer than the document's, which is %d", o.Base, q.head), true
	case o.Base != storage.Newest:
		return Verdict{}, false
	case o.Body.Kind == wire.Edit:
		return refuse(wire.CodeOpBadlyFormed, "an op needs the version it was made for"), true
	case o.Body.Kind == wire.Create && q.head > 0:
		o.at = q.head
		return Verdict{Ruling: Find}, true
	}
	o.at = q.head
	return Verdict{}, false
}

// advance transforms o over the committed ops that its sender had not seen.
func (q *Sequencer) advance(o *Op) (Verdict, bool) {
	if !q.recent.holds(o.at) {
		return Verdict{Ruling: Long}, true
	}
	unseen := q.recent.from(o.at)
	if len(unseen)*len(o.form.Delta) > q.limits.Steps && o.longs < maxLongs {
		return Verdict{Ruling: Long}, true
	}
	m := q.small.start(o.form.Delta)
	v, done := transformOver(m, o, unseen)
	if !done {
		o.form.Delta = m.Delta()
	}
	return v, done
}

// place transforms o over the pending ops and checks it against each.
func (q *Sequencer) place(o *Op) (Verdict, bool) {
	if len(q.pending)*len(o.form.Delta) > q.limits.Steps && len(q.pending) > 1 {
		return Verdict{Ruling: Later}, true
	}
	form, m := o.form, q.small.start(o.form.Delta)
	for _, p := range q.pending {
		if p.Seq == o.Seq && p.Client == o.Client && p.Sender != nil {
			form.Delta = m.Delta()
			v := o.compare(form, &Entry{p.Client, p.Seq, p.Author, p.placed, 0}, 0)
			if v.Ruling == Duplicate {
				p.Twins = append(p.Twins, o)
				v.Ruling = Attached
			}
			return v, true
		}
		if err := clash(form.Kind, p.placed.Kind); err != nil {
			return Verdict{Ruling: Refused, Err: err}, true
		}
		if form.Kind == wire.Edit && p.placed.Kind == wire.Edit {
			m.Over(p.placed.Delta)
		}
	}
	form.Delta = m.Delta()
	o.placed = form
	return q.check(o)
}

// check checks that o can be applied after the pending ops (E3) and stays within the limits.
func (q *Sequencer) check(o *Op) (Verdict, bool) {
	if err := o.refusal(); err != nil {
		return Verdict{Ruling: Refused, Err: err}, true
	}
	after := q.tip.after(o.placed)
	switch o.placed.Kind {
	case wire.Create:
		if q.tip.exists {
			return refuse(wire.CodeAlreadyCreated, "the document exists"), true
		}
		if !o.Recreates && q.head+storage.Revision(len(q.pending)) > 0 {
			return refuse(wire.CodeForbidden, "only an owner creates a deleted document anew"), true
		}
	case wire.Edit:
		if !q.tip.exists {
			return refuse(wire.CodeDoesNotExist, "the document has no content"), true
		}
		if err := delta.Fits(o.placed.Delta, q.tip.length); err != nil {
			return refuse(wire.CodeOpNotApplied, "%v", err), true
		}
	}
	if after.length > q.limits.DocumentUnits && after.length > q.tip.length {
		return refuse(wire.CodeTooLarge, "the document would have %d units, more than %d", after.length, q.limits.DocumentUnits), true
	}
	if q.Full {
		return refuse(wire.CodeTooLarge, "the documents of this one's owner have reached the space they have on this server"), true
	}
	o.stored = wire.AppendBody(make([]byte, 0, 64), o.placed)
	if total := q.logBytes + int64(q.pendingBytes+o.size()); total > q.limits.DocumentBytes {
		return refuse(wire.CodeTooLarge, "the document's history would have %d bytes, more than %d", total, q.limits.DocumentBytes), true
	}
	return Verdict{}, false
}

// refusal returns the reason, if any, to refuse an op without a twin, whatever the document contains.
func (o *Op) refusal() *wire.Error {
	switch {
	case o.Foreign:
		return wire.Errorf(wire.CodeForbidden, "src is not a client of yours")
	case o.Barred != nil:
		return o.Barred
	}
	return o.Objection
}

// accept makes o pending, and after it the server's newline if o leaves none at the end (E6).
func (q *Sequencer) accept(o *Op) Verdict {
	newline := q.newlines && q.losesNewline(o.placed)
	q.add(o)
	if newline {
		q.add(q.ownNewline(o.Arrived))
	}
	return Verdict{Ruling: Accepted}
}

func (q *Sequencer) add(o *Op) {
	q.pending = append(q.pending, o)
	q.pendingBytes += o.size()
	q.tip = q.tip.after(o.placed)
}

func (t tip) after(b wire.Body) tip {
	switch b.Kind {
	case wire.Create:
		return tip{true, b.Delta.Len()}
	case wire.Del:
		return tip{}
	}
	return tip{t.exists, t.length + b.Delta.Growth()}
}

// IsTwin judges a creation whose verdict was Find: e is the op of its client and seq that was found in the log, at revision at.
func (o *Op) IsTwin(e *Entry, at storage.Revision) Verdict { return o.compare(o.form, e, at) }

// compare compares o with e, an op of the same client and seq at revision at. form is o transformed to that revision.
func (o *Op) compare(form wire.Body, e *Entry, at storage.Revision) Verdict {
	if e.Author != o.Author {
		return refuse(wire.CodeTwinDiffers, "this src and seq are of another author")
	}
	if !sameBody(form, e.Body) {
		return refuse(wire.CodeTwinDiffers, "another op of this src and seq is in the document's history")
	}
	return Verdict{Ruling: Duplicate, At: at, Twin: e.Body}
}

func sameBody(a, b wire.Body) bool {
	return a.Kind == b.Kind && (a.Delta.Equal(b.Delta) || a.Delta.Normal().Equal(b.Delta.Normal()))
}
