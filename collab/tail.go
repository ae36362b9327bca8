package collab

import (
	"errors"
	"slices"
	"time"

	"quire/collab/order"
	"quire/storage"
)

// The tail is what the log holds beyond the head in memory. It is read after an append that did not clearly succeed, when somebody
// speaks of a revision that this node has not heard of, and when the log may have gone back (N12). Until it was read nothing is
// appended; new ops gather.

// recover reads the tail and goes on from there (L2): after a conflict it holds another node's ops, after a commit of unknown result
// perhaps our own. No append is under way.
func (d *document) recover() {
	d.batch.hold()
	d.readTail()
}

// waitForTail keeps m until the tail was read: it speaks of a revision that another node may have reached. It reports false if m was
// kept before, so that there is no such revision.
func (d *document) waitForTail(m message, before *bool) bool {
	if *before || !d.life.live() {
		return false
	}
	*before = true
	d.waits.add(forTail, m) // until a reading that begins from now on has ended
	d.readTailIfAsked()
	return true
}

// waitForComparison keeps m, which is to be judged by what the document holds or told of it, until that was compared with the log. It
// reports whether it did.
func (d *document) waitForComparison(m message) bool {
	if !d.life.live() || !d.log.mayHaveGoneBack() {
		return false
	}
	d.waits.add(forTail, m)
	d.readTailIfAsked()
	return true
}

// compareWithLog has what is in memory compared with the log.
func (d *document) compareWithLog() {
	switch d.life.state {
	case docLive:
		d.log.compare = true
		d.readTailIfAsked()
	case docAbsent, docDeleted, docDamaged:
		d.reload()
	}
}

// readTailIfAsked begins to read the tail if somebody waits for it, or the log may have gone back. While an append is under way it
// does not; then its result does.
func (d *document) readTailIfAsked() {
	if (d.waits.count(forTail) > 0 || d.log.mayHaveGoneBack()) && !d.log.reading && d.batch.hold() {
		d.readTail()
	}
}

// readTail reads one page, after a comparison if that is needed.
func (d *document) readTail() {
	r := &tailRead{from: d.order.Head(), rewinds: d.log.rewinds, pause: d.log.pause}
	if d.log.mayHaveGoneBack() {
		r.compared = d.logEnd()
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
	pause    time.Duration // before it
	compared *logEnd       // with the log; nil: there was no need

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
		d.readTail() // it went back meanwhile: what was read may not follow what is here
	case d.order.HoldsAny(r.ops):
		r.makeSafe(d)
	default:
		d.take(r.ops)
	}
}

func (r *tailRead) failed(d *document) {
	switch {
	case errors.Is(r.err, storage.ErrAhead), errors.Is(r.err, errOtherHistory):
		d.rewound(r.err)
	case errors.Is(r.err, storage.ErrNotFound) && d.log.mayHaveGoneBack(), errors.Is(r.err, storage.ErrDeleted) && r.rewinds != d.node.store.Rewinds():
		d.readTail() // it went back meanwhile, to before it was made or deleted
	case isAbsent(r.err):
		d.vanish()
	default:
		d.log.backOff()
		d.node.log.Warn("log unreadable", "doc", d.id, "revision", d.order.Head(), "err", r.err)
		d.readTail()
	}
}

// makeSafe goes on once the ops read are safe: some of them are pending here, and their authors will be told.
func (r *tailRead) makeSafe(d *document) {
	d.log.reading = true // what is pending may not follow the head now
	d.makeSafe(d.node.rt.Now(), func(d *document, err error) {
		d.log.reading = false
		if err == nil {
			d.take(r.ops)
			return
		}
		d.log.backOff()
		d.node.log.Warn("ops found, and not known to be safe", "doc", d.id, "revision", d.order.Head(), "err", err)
		d.readTail()
	})
}

// take goes on from a page of the tail, or from where the head is if there is nothing more.
func (d *document) take(ops []storage.Op) {
	if !d.life.live() {
		return
	}
	if err := d.absorb(ops); err != nil {
		d.damage(err)
		return
	}
	if len(ops) > 0 { // there may be more
		d.readTail()
		return
	}
	back := d.order.WithdrawAll()
	d.batch.reset(d.order.Head(), d.log.rewinds)
	d.resubmit(back)
}

// absorb takes ops found in the log into memory and tells everybody.
func (d *document) absorb(ops []storage.Op) error {
	entries, err := order.Decode(ops)
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
	for i, op := range ops {
		d.stream.add(first+storage.Revision(i), op.Client, op.Seq, op.Body)
	}
	if len(ops) > 0 {
		d.status.changed(d.node.rt.Now())
		d.stream.publish()
		d.subscribers.flush(d.node)
		d.saveIfDue()
	}
	return nil
}

// resubmit judges withdrawn ops anew and puts those that stay into the batch. They came before what waits for a role.
func (d *document) resubmit(back []*order.Op) {
	d.order.Trim()
	d.waits.before(forRole, func() {
		for _, o := range back {
			s, twins := submitted(o), o.Twins
			o.Twins = nil
			if s.answer != abandoned {
				d.submit(s)
			}
			for _, t := range twins { // also who sent an abandoned one again meanwhile
				d.submit(submitted(t))
			}
		}
		d.submitPostponed()
	})
	d.tailIsRead()
}

// tailIsRead handles what waited for the reading that has ended, and begins another if one is asked for.
func (d *document) tailIsRead() {
	for _, m := range d.waits.take(forTailBegun) {
		m.handle(d)
	}
	d.readTailIfAsked()
}

// noTail handles all that waits for the tail: there is none any more.
func (d *document) noTail() {
	d.waits.move(forTail, forTailBegun)
	d.tailIsRead()
}

// mayHold reports whether an op from revision from on may be author's: those that are not at hand may.
func (d *document) mayHold(from storage.Revision, author storage.UserID) bool {
	if from >= d.order.Head() {
		return false
	}
	ops, ok := d.order.Since(from)
	return !ok || slices.ContainsFunc(ops, func(e order.Entry) bool { return e.Author == author })
}
