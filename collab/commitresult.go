package collab

import (
	"errors"
	"slices"

	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// commitResult is what the store said to a document's part of a commit.
type commitResult struct {
	taken []storage.Op
	err   error
}

func (r *commitResult) handle(d *document) {
	taken, err := r.taken, r.err
	d.batch.appended(taken, err == nil)
	switch {
	case d.state != docLive:
	case err == nil:
		d.tail.pause = 0
		d.committed(len(taken))
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrDeleted):
		if d.doubted() { // it may be there again
			d.recover()
			return
		}
		d.vanish()
	case errors.Is(err, storage.ErrConflict):
		d.recover()
	case errors.Is(err, storage.ErrRewound):
		d.recover() // which compares
	default:
		d.node.log.Warn("append failed", "doc", d.id, "revision", d.order.Head(), "ops", len(taken), "err", err)
		d.tail.backOff()
		d.recover()
	}
}

// committed tells everybody of the first n pending ops, which are in the log now (L2): first where each author's
// acknowledgement goes, then the frames, then one wake for each session, the authors' first.
func (d *document) committed(n int) {
	first := d.order.Head()
	done, err := d.order.Commit(n)
	if err != nil {
		d.damage(err)
		return
	}
	d.safe = d.order.Head()
	d.publish(first, done)
	d.saveIfDue()
	d.askRoomIfDue()
	d.resumeLater()
	d.lookNow()
}

// publish broadcasts ops that are in the log from revision first on.
func (d *document) publish(first storage.Revision, done []*order.Op) {
	d.status.changed(d.node.rt.Now())
	for i, o := range done {
		at := first + storage.Revision(i)
		d.answer(o, at, o.Placed())
		d.frames = append(d.frames, d.frame(at, o.Client, o.Seq, o.Stored().Body))
	}
	d.broadcast()
	for _, o := range done {
		if s := submitted(o); s != nil && s.standing.handle != nil {
			s.standing.handle.reader.Flush()
		}
	}
	d.flushAll()
}

// answer tells everybody who sent o.
func (d *document) answer(o *order.Op, at storage.Revision, body wire.Body) {
	s := submitted(o)
	if s == nil {
		return
	}
	d.acknowledge(s, at, body)
	s.eachTwin(func(t *submission) { d.acknowledge(t, at, body) })
}

func (d *document) frame(at storage.Revision, client string, seq int64, body []byte) wire.Frame {
	buf := wire.Begin(len(body) + len(d.id) + len(client) + 80)
	return wire.Seal(wire.AppendOpFrame(buf, string(d.id), wire.Version(at), client, seq, body))
}

// broadcast moves the frames gathered into the feed, and then answers those who could not be answered before.
func (d *document) broadcast() {
	d.feed.append(d.frames, d.node.limits.FeedBytes)
	clear(d.frames)
	d.frames = d.frames[:0]
	for _, l := range d.late {
		l.ack.Fed = true
		l.of.reader.Acknowledge(l.ack)
	}
	clear(d.late)
	d.late = d.late[:0]
}

// fanOut is how many readers the document's goroutine serves itself. Above, others share the work: a write takes the kernel
// some 8 µs, and the document should not stand still for all of a thousand.
const fanOut = 128

// flushAll sends everybody what the feed got.
func (d *document) flushAll() {
	if len(d.subs) <= fanOut {
		for _, x := range d.subs {
			x.reader.Flush()
		}
		return
	}
	for some := range slices.Chunk(slices.Clone(d.subs), fanOut) {
		d.node.task(func() {
			for _, x := range some {
				x.reader.Flush()
			}
		})
	}
}

// resumeLater submits again what too much was pending for. It came before what waits for a role.
func (d *document) resumeLater() {
	if d.waits.count(forPending) == 0 {
		return
	}
	d.waits.before(forRole, d.submitLater)
}

func (d *document) submitLater() {
	for _, m := range d.waits.take(forPending) {
		d.submit(m.(*submission))
	}
}
