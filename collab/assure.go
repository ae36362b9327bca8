package collab

import (
	"slices"
	"time"

	"quire/collab/order"
	"quire/storage"
)

// An op that can be read in the log may still be lost (L10): its writer was cut off before the database had it everywhere. A
// commit of this document, or a barrier, makes sure of all before it; until one has, nobody is told that an op of theirs is saved.

// assured reports whether the ops before revision to are as safe as a commit that was confirmed.
func (d *document) assured(to storage.Revision) bool { return to <= d.safe }

// assure calls then, in a turn, when the ops there are now are safe, or with what kept the store from saying so.
func (d *document) assure(begun time.Time, then func(*document, error)) {
	head, rewinds, timeline := d.order.Head(), d.rewinds, d.timeline
	d.job(func() message {
		err := d.node.retry(begun, func() error {
			ctx, cancel := d.node.timeout(d.node.ctx)
			defer cancel()
			return d.node.store.Barrier(ctx)
		})
		if err == nil && d.node.store.Rewinds() != rewinds { // what was read may not lie before it
			err = storage.ErrRewound
		}
		return call(func(d *document) {
			if err == nil && d.timeline != timeline {
				err = storage.ErrRewound
			}
			if err == nil && d.state == docLive {
				d.safe = max(d.safe, head)
			}
			then(d, err)
		})
	})
}

// confirm acknowledges s, whose twin is in the log, once that is safe.
func (d *document) confirm(s *submission, v order.Verdict) {
	if d.assured(v.At+1) && !d.doubted() {
		d.acknowledge(s, v.At, v.Twin)
		return
	}
	d.waits.add(forTask, s)
	d.assure(s.Arrived, func(d *document, err error) {
		d.takeBack(s)
		switch {
		case err != nil:
			d.node.log.Warn("op found, and not known to be safe", "doc", d.id, "revision", v.At, "err", err)
			s.undecided()
		case d.state != docLive:
			s.handle(d)
		default:
			d.acknowledge(s, v.At, v.Twin)
		}
	})
}

// assureOwn keeps a request for the ops since an earlier revision until they are safe, if its sender's own may be among them:
// whoever finds them there takes them for acknowledged. It reports whether it did.
func (r *fetchRequest) assureOwn(d *document) bool {
	if r.From == storage.Newest || d.assured(d.order.Head()) || !d.mayHold(max(r.From, d.safe), r.of.reader.Identity().User) {
		return false
	}
	d.assure(d.node.rt.Now(), func(d *document, err error) {
		if err != nil {
			r.fail(d)
			return
		}
		r.handle(d)
	})
	return true
}

// mayHold reports whether an op from revision from on may be author's: those that are not at hand may.
func (d *document) mayHold(from storage.Revision, author storage.UserID) bool {
	if from >= d.order.Head() {
		return false
	}
	ops, ok := d.order.Since(from)
	return !ok || slices.ContainsFunc(ops, func(e order.Entry) bool { return e.Author == author })
}
