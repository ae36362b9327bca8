package collab

import (
	"errors"
	"time"

	"quire/collab/order"
	"quire/storage"
)

// tailReading is the look at the log after an append that did not clearly succeed.
type tailReading struct {
	under bool
	pause time.Duration // before the next one: it grows with every failure in a row
}

func (t *tailReading) backOff() { t.pause = nextPause(t.pause) }

// recover reads the log's tail and goes on from there (L2): after a conflict it holds another node's ops, after an unknown
// outcome perhaps our own. Until it was read nothing is appended; new ops gather.
func (d *document) recover() {
	d.batch.hold()
	d.readTail()
}

// lookAhead keeps m until the log was looked at: it speaks of a revision this node has not heard of, which another node may
// have reached. It reports false when m was kept already, so that there is no such revision.
func (d *document) lookAhead(m message, looked *bool) bool {
	if *looked || d.state != docLive {
		return false
	}
	*looked = true
	d.waits.add(forLook, m) // until a look that begins from now on has ended
	d.lookNow()
	return true
}

// lookNow begins to read the tail if somebody waits for it, or the log may have gone back, unless an append is under way: then after its outcome.
func (d *document) lookNow() {
	if (d.waits.count(forLook) > 0 || d.doubted()) && !d.tail.under && d.batch.hold() {
		d.readTail()
	}
}

func (d *document) readTail() {
	from, pause, rewinds := d.order.Head(), d.tail.pause, d.rewinds
	var doubted *known
	if d.doubted() {
		doubted = d.known()
	}
	d.tail.under = true
	d.waits.turn(forLook, forLookBegun)
	d.job(func() message {
		if pause > 0 && Sleep(d.node.ctx, d.node.rt, pause) != nil {
			return nil
		}
		var ops []storage.Op
		var err error
		timeline := int64(0)
		if doubted != nil {
			rewinds, timeline, err = doubted.compare(&d.hub.timelines, d.id)
		}
		if err == nil {
			ops, err = readLog(d.node, d.id, from)
		}
		return call(func(d *document) {
			d.doubt = d.doubt && (doubted == nil || err != nil)
			d.timeline = max(d.timeline, timeline)
			d.tailRead(ops, rewinds, err)
		})
	})
}

// readLog reads one page of the log within the time a request may wait.
func readLog(n *node, doc storage.DocumentID, from storage.Revision) ([]storage.Op, error) {
	ctx, cancel := n.timeout(n.ctx)
	defer cancel()
	return n.store.Read(ctx, doc, from, storage.Newest, n.limits.PageBytes)
}

// tailRead takes what was read when the log had gone back so often.
func (d *document) tailRead(ops []storage.Op, rewinds int64, err error) {
	d.tail.under = false
	switch {
	case d.state != docLive:
		return
	case errors.Is(err, storage.ErrAhead), errors.Is(err, errOtherHistory):
		d.rewound(err)
		return
	case errors.Is(err, storage.ErrNotFound) && d.doubted(), errors.Is(err, storage.ErrDeleted) && rewinds != d.node.store.Rewinds():
		d.readTail() // it went back meanwhile, to before it was made or deleted
		return
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrDeleted):
		d.vanish()
		return
	case err != nil:
		d.tail.backOff()
		d.node.log.Warn("log unreadable", "doc", d.id, "revision", d.order.Head(), "err", err)
		d.readTail()
		return
	}
	d.rewinds = rewinds
	if d.doubted() {
		d.readTail() // it went back meanwhile: what was read may not follow what is here
		return
	}
	if d.order.HoldsAny(ops) {
		d.tail.under = true // what is pending may not follow the head now
		d.assure(d.node.rt.Now(), func(d *document, err error) {
			d.tail.under = false
			if err == nil {
				d.take(ops)
				return
			}
			d.tail.backOff()
			d.node.log.Warn("ops found, and not known to be safe", "doc", d.id, "revision", d.order.Head(), "err", err)
			d.readTail()
		})
		return
	}
	d.take(ops)
}

// take goes on from a page of the log, or with nothing more of it from where the head is.
func (d *document) take(ops []storage.Op) {
	if d.state != docLive || !d.absorb(ops) {
		return
	}
	if len(ops) > 0 { // a page: there may be more
		d.readTail()
		return
	}
	back := d.order.WithdrawAll()
	d.batch.reset(d.order.Head(), d.rewinds)
	d.resubmit(back)
}

// absorb takes ops found in the log into memory and tells everybody. It reports whether it could.
func (d *document) absorb(ops []storage.Op) bool {
	entries, err := order.Decode(ops)
	if err != nil {
		d.damage(err)
		return false
	}
	first := d.order.Head()
	found, err := d.order.Absorb(entries)
	for i := range entries {
		if o := found[first+storage.Revision(i)]; o != nil {
			d.answer(o, first+storage.Revision(i), entries[i].Body)
		}
	}
	if err != nil {
		d.damage(err)
		return false
	}
	for i, op := range ops {
		d.frames = append(d.frames, d.frame(first+storage.Revision(i), op.Client, op.Seq, op.Body))
	}
	if len(ops) > 0 {
		d.status.changed(d.node.rt.Now())
		d.broadcast()
		d.flushAll()
		d.saveIfDue()
	}
	return true
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
			for _, t := range twins { // also who sent an abandoned one again since
				d.submit(submitted(t))
			}
		}
		d.submitLater()
	})
	d.releaseAhead()
}

// releaseAhead handles what waited for the look at the log that has ended, and begins another if one is asked for.
func (d *document) releaseAhead() {
	for _, m := range d.waits.take(forLookBegun) {
		m.handle(d)
	}
	d.lookNow()
}
