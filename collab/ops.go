package collab

import (
	"quire/collab/access"
	"quire/collab/order"
)

// handle judges an op and answers what can be answered at once.
func (s *submission) handle(d *document) {
	if d.wait(s) {
		return
	}
	if s.Arrived.IsZero() {
		s.Arrived = d.node.rt.Now()
	}
	if d.waitForComparison(s) || d.heldBack(s) {
		return
	}
	s.bar(&d.life)
	switch {
	case !d.life.info.Trashed():
	case s.standing.handle == nil:
		s.refuse(inTrash)
		return
	case !s.Recreates: // to others it is not there
		s.refuse(Forbidden())
		return
	}
	// Who may not even read is not told by another refusal what there is (W9). Others may have an op in the log already.
	if !s.standing.allows(access.Read) || !d.life.live() && !s.standing.allows(s.needs()) {
		s.refuse(s.standing.refusal(s.needs()))
		return
	}
	if err := d.life.refusal(); err != nil {
		s.refuse(err)
		return
	}
	if d.life.state == docAbsent {
		s.createRow(d)
		return
	}
	if s.Base > d.order.Head() && !s.Begun() && d.waitForTail(s, &s.readTail) {
		return
	}
	d.submit(s)
}

func (d *document) submit(s *submission) {
	if s.outdated(&d.log) {
		return
	}
	if d.heldBack(s) {
		return
	}
	if d.log.reading { // what is pending may not follow the head now: nothing can be judged by it
		d.postpone(s)
		return
	}
	s.bar(&d.life)
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
		s.transformLong(d, v.Ruling)
	case order.Later:
		d.postpone(s)
	case order.Crowded:
		s.undecided()
	}
}

// confirm acknowledges s, whose twin is in the log, once that is safe.
func (d *document) confirm(s *submission, v order.Verdict) {
	if d.log.isSafe(v.At+1) && !d.log.mayHaveGoneBack() {
		d.stream.acknowledge(s, v.At, v.Twin)
		return
	}
	d.waits.add(forTask, s)
	d.makeSafe(s.Arrived, func(d *document, err error) {
		d.waits.takeBack(s)
		switch {
		case err != nil:
			d.node.log.Warn("op found, and not known to be safe", "doc", d.id, "revision", v.At, "err", err)
			s.undecided()
		case !d.life.live():
			s.handle(d)
		default:
			d.stream.acknowledge(s, v.At, v.Twin)
		}
	})
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
	ops, bytes := d.waits.uncommitted()
	return ops+len(d.order.Pending()) >= d.node.limits.PendingOps || bytes+d.order.PendingBytes() >= d.node.limits.PendingBytes
}

// submitPostponed submits again what too much was pending for.
func (d *document) submitPostponed() {
	for _, m := range d.waits.take(forPending) {
		d.submit(m.(*submission))
	}
}

// unstored takes back everything that waits for a commit: what is pending, and what waits for less to be.
func (d *document) unstored() []*submission {
	var all []*submission
	for _, o := range d.order.WithdrawAll() {
		all = append(all, submitted(o))
	}
	for _, m := range d.waits.take(forPending) {
		all = append(all, m.(*submission))
	}
	return all
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
		if f, ok := m.(failer); ok && d.life.state == docLoading {
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
