package collab

import (
	"errors"
	"time"

	"quire/collab/order"
	"quire/storage"
)

// The tail is what the log holds after the head in memory. It is read after an append that did not clearly succeed, when a client
// speaks of a revision that this node does not know, and when the log may have gone back (N12). Until it was read nothing is appended,
// and new ops wait.

// recover reads the tail and continues from there (L2). After a conflict it holds another node's ops, after an unknown result perhaps
// our own. No append may be under way.
func (d *document) recover() {
	d.batch.hold()
	d.readTail()
}

// waitForTail keeps m, which speaks of a revision beyond the head, until the tail was read. It returns false if m waited before: then
// there is no such revision.
func (d *document) waitForTail(m message, before *bool) bool {
	if *before || !d.life.live() {
		return false
	}
	*before = true
	d.waits.add(forTail, m) // for a reading that starts from now on
	d.readTailIfAsked()
	return true
}

// waitForComparison keeps m if the log may have gone back, until the document was compared with it. It reports whether it did.
func (d *document) waitForComparison(m message) bool {
	if !d.life.live() || !d.log.mayHaveGoneBack() {
		return false
	}
	d.waits.add(forTail, m)
	d.readTailIfAsked()
	return true
}

// compareWithLog makes the document compare what is in memory with the log.
func (d *document) compareWithLog() {
	switch d.life.state {
	case docLive:
		d.log.compare = true
		d.readTailIfAsked()
	case docAbsent, docDeleted, docDamaged:
		d.reload()
	}
}

// readTailIfAsked starts reading the tail if somebody waits for it or the log may have gone back. While an append is under way it does
// not: the append's result calls it again.
func (d *document) readTailIfAsked() {
	if (d.waits.count(forTail) > 0 || d.log.mayHaveGoneBack()) && !d.log.reading && d.batch.hold() {
		d.readTail()
	}
}

// readTail starts reading a page of the tail, after a comparison if one is needed.
func (d *document) readTail() {
	r := &tailRead{from: d.order.Head(), rewinds: d.log.rewinds, pause: d.log.pause}
	if d.log.mayHaveGoneBack() {
		r.compared = newLogEnd(&d.order, &d.frozen)
	}
	d.log.reading = true
	d.waits.move(forTail, forTailBegun)
	d.jobs.run(func() message {
		if !r.read(d.node, &d.hub.timelines, d.id) {
			return nil // the hub is closed
		}
		return r
	})
}

// tailRead is one reading of the tail.
type tailRead struct {
	from     storage.Revision
	pause    time.Duration // before reading
	compared *logEnd       // to be compared with the log first; nil: not needed

	ops               []storage.Op
	rewinds, timeline int64 // when it was read
	err               error
}

func (r *tailRead) read(n *Node, t *timelines, doc storage.DocumentID) bool {
	if r.pause > 0 && Sleep(n.ctx, n.rt, r.pause) != nil {
		return false
	}
	if r.compared != nil {
		r.rewinds, r.timeline, r.err = r.compared.compare(t, doc)
	}
	if r.err == nil {
		r.ops, r.err = readLog(n, doc, r.from)
	}
	return true
}

func (r *tailRead) handle(d *document) {
	d.log.compare = d.log.compare && (r.compared == nil || r.err != nil)
	d.log.timeline = max(d.log.timeline, r.timeline)
	d.log.reading = false
	switch {
	case !d.life.live():
		return
	case r.err != nil:
		r.failed(d)
		return
	}
	d.log.rewinds = r.rewinds
	switch {
	case d.log.mayHaveGoneBack():
		d.readTail() // the log went back meanwhile, so the ops may not follow the head
	case d.order.HoldsAny(r.ops):
		r.makeSafe(d)
	default:
		r.take(d)
	}
}

func (r *tailRead) failed(d *document) {
	switch {
	case errors.Is(r.err, storage.ErrAhead), errors.Is(r.err, errOtherHistory):
		d.rewound(r.err)
	case errors.Is(r.err, storage.ErrNotFound) && d.log.mayHaveGoneBack(), errors.Is(r.err, storage.ErrDeleted) && r.rewinds != d.node.store.Rewinds():
		d.readTail() // the log went back meanwhile: in the new history the document may exist
	case isAbsent(r.err):
		d.vanish()
	default:
		d.log.backOff()
		d.node.log.Warn("log unreadable", "doc", d.id, "revision", d.order.Head(), "err", r.err)
		d.readTail()
	}
}

// makeSafe takes the ops once they are safe: some are pending here, so their authors will be told that they are saved.
func (r *tailRead) makeSafe(d *document) {
	d.log.reading = true // until then the pending ops may not follow the head
	d.makeSafe(d.node.rt.Now(), func(d *document, err error) {
		d.log.reading = false
		if err == nil {
			r.take(d)
			return
		}
		d.log.backOff()
		d.node.log.Warn("ops found, and not known to be safe", "doc", d.id, "revision", d.order.Head(), "err", err)
		d.readTail()
	})
}

// take continues from the page that was read. An empty page means that the head is the end of the log.
func (r *tailRead) take(d *document) {
	if !d.life.live() {
		return
	}
	if err := r.absorb(d); err != nil {
		d.damage(err)
		return
	}
	if len(r.ops) > 0 { // there may be more
		d.readTail()
		return
	}
	back := d.order.WithdrawAll()
	d.batch.reset(d.order.Head(), d.log.rewinds)
	d.resubmit(back)
}

// absorb applies the ops that were read to the document and tells everybody.
func (r *tailRead) absorb(d *document) error {
	entries, err := order.Decode(r.ops)
	if err != nil {
		return err
	}
	first := d.order.Head()
	found, err := d.order.Absorb(entries)
	for i := range entries {
		if o := found[first+storage.Revision(i)]; o != nil {
			d.stream.answer(o, first+storage.Revision(i), entries[i].Body)
		}
	}
	if err != nil {
		return err
	}
	for i, op := range r.ops {
		d.stream.add(first+storage.Revision(i), op.Client, op.Seq, op.Body)
	}
	if len(r.ops) > 0 {
		d.status.changed(d.node.rt.Now())
		d.stream.publish()
		d.subscribers.flush(d.node)
		d.saveIfDue()
	}
	return nil
}

// resubmit submits withdrawn ops again. They came before what waits for a role.
func (d *document) resubmit(back []*order.Op) {
	d.order.Trim()
	d.waits.before(forRole, func() {
		for _, o := range back {
			s, twins := submitted(o), o.Twins
			o.Twins = nil
			if s.answer != abandoned {
				d.submit(s)
			}
			for _, t := range twins { // a twin of an abandoned op was sent later, and is not abandoned
				d.submit(submitted(t))
			}
		}
		d.submitPostponed()
	})
	d.tailIsRead()
}

// tailIsRead handles what waited for the reading that has ended, and starts another if one is asked for.
func (d *document) tailIsRead() {
	for _, m := range d.waits.take(forTailBegun) {
		m.handle(d)
	}
	d.readTailIfAsked()
}

// noTail handles everything that waits for the tail: the log will not be read any more.
func (d *document) noTail() {
	d.waits.move(forTail, forTailBegun)
	d.tailIsRead()
}

// makeSafe calls then, in a turn, when the ops there are now are safe, or with what kept the store from saying so.
func (d *document) makeSafe(begun time.Time, then func(*document, error)) {
	head, rewinds, timeline := d.order.Head(), d.log.rewinds, d.log.timeline
	d.jobs.run(func() message {
		err := d.node.barrier(begun, rewinds)
		return call(func(d *document) {
			if err == nil && d.log.timeline != timeline {
				err = storage.ErrRewound
			}
			if err == nil && d.life.live() {
				d.log.safe = max(d.log.safe, head)
			}
			then(d, err)
		})
	})
}
