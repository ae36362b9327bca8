package collab

import (
	"quire/collab/access"
	"quire/collab/order"
)

// handle submits an op, or answers it if that can be done at once.
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
	case !s.Recreates: // only owners know of a document in the trash
		s.refuse(Forbidden())
		return
	}
	// Another refusal would tell those who may not read what there is (W9). Those who may no longer write may have it in the log.
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
	if d.log.reading { // the pending ops may not follow the head, so no op can be judged
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

// rule does what a verdict asks for, other than Accepted.
func (d *document) rule(s *submission, v order.Verdict) {
	switch v.Ruling {
	case order.Duplicate:
		d.confirm(s, v)
	case order.Attached: // answered with its twin
	case order.Refused:
		s.refuse(v.Err)
	case order.Long, order.Find:
		d.transformLong(s, v.Ruling)
	case order.Later:
		d.postpone(s)
	case order.Crowded:
		s.undecided()
	}
}

// confirm acknowledges s, whose twin is in the log, once the log is safe up to there.
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

// postpone keeps s until fewer ops are pending, unless too many wait.
func (d *document) postpone(s *submission) {
	if d.crowded() {
		s.undecided()
		return
	}
	d.waits.add(forPending, s)
}

// crowded reports whether too much waits for a commit.
func (d *document) crowded() bool {
	ops, bytes := d.waits.uncommitted()
	return ops+len(d.order.Pending()) >= d.node.limits.PendingOps || bytes+d.order.PendingBytes() >= d.node.limits.PendingBytes
}

// submitPostponed submits the postponed ops again.
func (d *document) submitPostponed() {
	for _, m := range d.waits.take(forPending) {
		d.submit(m.(*submission))
	}
}

// unstored withdraws all ops that wait for a commit: the pending and the postponed ones.
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

// expire abandons what has waited too long for the store (W7): the senders are told to connect and ask again. Ops that were not handed
// to the store are dropped. Whether the others are stored, the log will tell.
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

// failer is a message that can be answered with a failure.
type failer interface{ fail(d *document) }

func (s *submission) fail(*document) { s.undecided() }

// rejudge withdraws the ops that were not handed to the store and submits them again: some were abandoned, or a sender's role changed.
func (d *document) rejudge() {
	n, held := d.batch.withdraw()
	if held {
		return // the tail is read first, and then all are submitted again
	}
	d.resubmit(d.order.Withdraw(n))
}
