package collab

import (
	"context"
	"errors"
	"time"

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
	ctx  context.Context // ends when nobody waits for the op any more
	stop context.CancelFunc
	find bool             // not transform it, but find a creation's twin
	near []order.Entry    // the ops to transform over, if they are in memory; else the log is read
	to   storage.Revision // where it ends
}

// run transforms the op. If it returns true the verdict is final.
func (t *longTransform) run() (order.Verdict, bool) {
	if t.find {
		return t.findCreation()
	}
	long := t.op.LongTransform()
	if t.near != nil {
		if v, decided := long.Over(t.near); decided {
			return v, true
		}
	}
	begun := t.node.rt.Now()
	for t.op.At() < t.to && t.ctx.Err() == nil {
		entries, err := t.page(begun)
		if err != nil {
			if t.ctx.Err() == nil {
				t.node.log.Warn("log unreadable", "doc", t.doc, "revision", t.op.At(), "err", err)
			}
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
func (t *longTransform) page(begun time.Time) ([]order.Entry, error) {
	var ops []storage.Op
	err := t.node.Retry(begun, func() (err error) {
		ops, err = t.node.store.Read(t.ctx, t.doc, t.op.At(), t.to, t.node.limits.PageBytes)
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
	err := t.node.Retry(t.node.rt.Now(), func() (err error) {
		at, op, err = t.node.store.Find(t.ctx, t.doc, 0, t.op.Client, t.op.Seq)
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
