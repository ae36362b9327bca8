package collab

import (
	"quire/collab/access"
	"quire/collab/order"
	"quire/collab/wire"
)

// handle judges an op and answers what can be answered at once.
func (s *submission) handle(d *document) {
	if d.wait(s) {
		return
	}
	if s.Arrived.IsZero() {
		s.Arrived = d.node.rt.Now()
	}
	if d.unsure(s) || d.heldBack(s) {
		return
	}
	d.bar(s)
	switch {
	case !d.info.Trashed():
	case s.standing.handle == nil:
		s.refuse(inTrash)
		return
	case !s.Recreates: // to others it is not there
		s.refuse(Forbidden())
		return
	}
	// Who may not even read is not told by another refusal what there is (W9). Others may have an op in the log already.
	if !s.standing.allows(access.Read) || d.state != docLive && !s.standing.allows(s.needs()) {
		s.refuse(s.standing.refusal(s.needs()))
		return
	}
	if err := d.closed(); err != nil {
		s.refuse(err)
		return
	}
	if d.state == docAbsent {
		d.createRow(s)
		return
	}
	if s.Base > d.order.Head() && !s.Begun() && d.lookAhead(s, &s.looked) {
		return
	}
	d.submit(s)
}

var inTrash = wire.Errorf(wire.CodeForbidden, "the document is in the trash")

// closed says why no op is taken at all.
func (d *document) closed() *wire.Error {
	switch {
	case d.state == docDeleted:
		return wire.Errorf(wire.CodeWasDeleted, "the document was deleted for good")
	case d.state == docDamaged:
		return wire.Errorf(wire.CodeOpNotApplied, "the document's history is damaged")
	case d.info.Trashed():
		return inTrash
	}
	return nil
}

// hides reports whether the document lies in the trash, where it is there for owners only.
func (d *document) hides(role access.Role) bool {
	return d.info.Trashed() && !access.Allows(role, access.Trash)
}

func (d *document) submit(s *submission) {
	if d.outdated(s) {
		return
	}
	if d.heldBack(s) {
		return
	}
	if d.tail.under { // what is pending may not follow the head now: nothing can be judged by it
		d.postpone(s)
		return
	}
	d.bar(s)
	before := len(d.order.Pending())
	v := d.order.Submit(&s.Op)
	if v.Ruling == order.Accepted {
		for _, o := range d.order.Pending()[before:] {
			d.batch.add(o.Stored(), o.Tied())
		}
		return
	}
	d.rule(s, v)
}

// rule does what a verdict other than acceptance asks for.
func (d *document) rule(s *submission, v order.Verdict) {
	switch v.Ruling {
	case order.Duplicate:
		d.confirm(s, v)
	case order.Attached: // the twin's outcome is its own
	case order.Refused:
		s.refuse(v.Err)
	case order.Long, order.Find:
		if s.Barred != nil { // no work is done for who may not write
			s.refuse(s.Barred)
			return
		}
		d.transformLong(s, v.Ruling)
	case order.Later:
		d.postpone(s)
	case order.Crowded:
		s.undecided()
	}
}

// postpone keeps s until less is pending, within the bounds of what may be.
func (d *document) postpone(s *submission) {
	if d.crowded() {
		s.undecided()
		return
	}
	d.waits.add(forPending, s)
}

// crowded reports whether as much waits as may.
func (d *document) crowded() bool {
	return d.waits.count(forPending)+d.waits.count(forRole)+len(d.order.Pending()) >= d.node.limits.PendingOps ||
		d.waits.bytes[forPending]+d.waits.bytes[forRole]+d.order.PendingBytes() >= d.node.limits.PendingBytes
}

// expire gives up on what has waited too long for the store (W7): whoever sent it is told to come back and ask again. What was not
// handed to the store is dropped; of the rest the log will tell.
func (d *document) expire() {
	now := d.node.rt.Now()
	old := func(s *submission) bool {
		if s == nil || now.Sub(s.Arrived) < d.node.limits.StoreWait {
			return false
		}
		s.abandon()
		return true
	}
	found := false
	for _, o := range d.order.Pending() {
		found = old(submitted(o)) || found
	}
	d.waits.drop(forPending, old)
	d.waits.drop(forRole, old)
	if found {
		d.rejudge()
	}
	for _, m := range d.waits.take(forLoading) {
		if f, ok := m.(failer); ok && d.state == docLoading {
			f.fail(d)
		} else {
			m.handle(d)
		}
	}
}

// failer is a message that can be given up on.
type failer interface{ fail(d *document) }

func (s *submission) fail(*document) { s.undecided() }

// rejudge takes back the ops that were not handed to the store and judges them anew: some were given up on, or their sender's role
// changed.
func (d *document) rejudge() {
	n, held := d.batch.withdraw()
	if held {
		return // the result of what was taken comes first, and rejudges all
	}
	d.resubmit(d.order.Withdraw(n))
}
