package collab

import (
	"errors"

	"quire/collab/order"
	"quire/storage"
)

// longTransform transforms an op over the ops that its sender had not seen, if these are too many for a turn or not in memory. It is a
// heavy task that reads the log page by page, while the document continues. Afterwards the op is submitted again, for the ops that
// were committed meanwhile: fewer each time.
type longTransform struct {
	node *Node
	doc  storage.DocumentID
	op   *submission
	near []order.Entry    // the ops to transform over, if they are in memory; else the log is read
	to   storage.Revision // where it ends
}

// transformLong starts a long transform of s, or the search for a creation's twin.
func (s *submission) transformLong(d *document, why order.Ruling) {
	t := &longTransform{node: d.node, doc: d.id, op: s, to: d.order.Head()}
	t.near, _ = d.order.Since(s.At())
	run := t.run
	if why == order.Find {
		run = t.findCreation
	}
	d.waits.add(forTask, s)
	d.jobs.heavy(s.Author, func() message {
		v, decided := run()
		return call(func(d *document) {
			d.waits.takeBack(s)
			switch {
			case s.outdated(&d.log):
			case !d.life.live():
				d.wait(s)
			case decided:
				d.rule(s, v)
			default:
				d.submit(s)
			}
		})
	})
}

// run transforms the op. If it returns true the verdict is final.
func (t *longTransform) run() (order.Verdict, bool) {
	long := t.op.LongTransform()
	if t.near != nil {
		if v, decided := long.Over(t.near); decided {
			return v, true
		}
	}
	for t.op.At() < t.to {
		entries, err := t.page()
		if err != nil {
			t.node.log.Warn("log unreadable", "doc", t.doc, "revision", t.op.At(), "err", err)
			return order.Verdict{Ruling: order.Crowded}, true
		}
		if v, decided := long.Over(entries); decided {
			return v, true
		}
	}
	long.End()
	return order.Verdict{}, false
}

// page reads the next ops of the log to transform over.
func (t *longTransform) page() ([]order.Entry, error) {
	var ops []storage.Op
	err := t.node.Retry(t.op.Arrived, func() (err error) {
		ops, err = t.node.store.Read(t.node.ctx, t.doc, t.op.At(), t.to, t.node.limits.PageBytes)
		return err
	})
	if err == nil && len(ops) == 0 {
		err = ErrDamaged
	}
	if err != nil {
		return nil, err
	}
	return order.Decode(ops)
}

// findCreation searches the whole log for the twin of a creation that came without a version.
func (t *longTransform) findCreation() (order.Verdict, bool) {
	var at storage.Revision
	var op storage.Op
	err := t.node.Retry(t.op.Arrived, func() (err error) {
		at, op, err = t.node.store.Find(t.node.ctx, t.doc, 0, t.op.Client, t.op.Seq)
		if errors.Is(err, storage.ErrNotFound) {
			at, err = storage.Newest, nil
		}
		return err
	})
	if err != nil {
		return order.Verdict{Ruling: order.Crowded}, true
	}
	if at == storage.Newest {
		return order.Verdict{}, false
	}
	found, err := order.Decode([]storage.Op{op})
	if err != nil {
		return order.Verdict{Ruling: order.Crowded}, true
	}
	return t.op.IsTwin(&found[0], at), true
}
