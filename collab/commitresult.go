package collab

import (
	"errors"

	"quire/collab/order"
	"quire/storage"
)

func (r *commitResult) handle(d *document) {
	taken, err := r.taken, r.err
	d.batch.appended(taken, err == nil)
	switch {
	case !d.life.live():
	case err == nil:
		d.log.pause = 0
		d.committed(len(taken))
	case isAbsent(err) && !d.log.mayHaveGoneBack(): // else the document may exist in the new history
		d.vanish()
	case isAbsent(err), errors.Is(err, storage.ErrConflict), errors.Is(err, storage.ErrRewound):
		d.recover() // which compares with the log if need be
	default:
		d.node.log.Warn("append failed", "doc", d.id, "revision", d.order.Head(), "ops", len(taken), "err", err)
		d.log.backOff()
		d.recover()
	}
}

// committed makes the first n pending ops, which are in the log now, the document's state, and publishes them (L2).
func (d *document) committed(n int) {
	first := d.order.Head()
	done, err := d.order.Commit(n)
	if err != nil {
		d.damage(err)
		return
	}
	d.log.safe = d.order.Head()
	d.publish(first, done)
	d.saveIfDue()
	if d.quota.reached(d.order.LogBytes()) {
		d.askQuota()
	}
	if d.waits.count(forPending) > 0 { // these came before what waits for a role
		d.waits.before(forRole, d.submitPostponed)
	}
	d.readTailIfAsked()
}

// publish tells everybody of ops that are in the log from revision first on: the authors where their ops are, then all readers through
// the feed, the authors' sessions first.
func (d *document) publish(first storage.Revision, done []*order.Op) {
	d.status.changed(d.node.rt.Now())
	for i, o := range done {
		at := first + storage.Revision(i)
		d.stream.answer(o, at, o.Placed())
		d.stream.add(at, o.Client, o.Seq, o.Stored().Body)
	}
	d.stream.publish()
	for _, o := range done {
		if s := submitted(o); s != nil && s.standing.handle != nil {
			s.standing.handle.reader.Flush()
		}
	}
	d.subscribers.flush(d.node)
}
