package collab

import (
	"context"
	"errors"
	"time"

	"quire/collab/order"
	"quire/storage"
)

// An op may come from long ago, or be so large that transforming it takes long. Then a helper does it, page by page of the
// log, while the document goes on; afterwards the op enters again with what it has not seen since, which is less each time.

func (d *document) goFar(s *submission, why order.Ruling) {
	to := d.order.Head()
	near, _ := d.order.Since(s.At())
	d.waits.add(forHelper, s)
	d.heavy(func() message {
		v, done := d.hub.advanceFar(d.id, s, near, to, why)
		return call(func(d *document) {
			d.helped(s)
			switch {
			case d.outdated(s):
			case d.state != docLive:
				d.wait(s)
			case done:
				d.rule(s, v)
			default:
				d.submit(s)
			}
		})
	})
}

// advanceFar transforms s over near, or else over the log from s.at to revision to.
func (h *Hub) advanceFar(doc storage.DocumentID, s *submission, near []order.Entry, to storage.Revision, why order.Ruling) (order.Verdict, bool) {
	if why == order.Find {
		return h.findCreation(doc, s)
	}
	long := s.LongTransform()
	if near != nil {
		if v, done := long.Over(near); done {
			return v, true
		}
	}
	for s.At() < to {
		entries, err := h.readEntries(doc, s, to)
		if err != nil {
			h.log.Warn("log unreadable", "doc", doc, "revision", s.At(), "err", err)
			return order.Verdict{Ruling: order.Crowded}, true
		}
		if v, done := long.Over(entries); done {
			return v, true
		}
	}
	long.End()
	return order.Verdict{}, false
}

// readEntries reads a page of the log that s has to go over.
func (h *Hub) readEntries(doc storage.DocumentID, s *submission, to storage.Revision) ([]order.Entry, error) {
	var ops []storage.Op
	err := h.Retry(s.Arrived, func() (err error) {
		ops, err = h.store.Read(h.ctx, doc, s.At(), to, h.limits.PageBytes)
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

// findCreation looks through the whole log for the twin of a creation that came without a version.
func (h *Hub) findCreation(doc storage.DocumentID, s *submission) (order.Verdict, bool) {
	var at storage.Revision
	var op storage.Op
	err := h.Retry(s.Arrived, func() (err error) {
		at, op, err = h.store.Find(h.ctx, doc, 0, s.Client, s.Seq)
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
	return s.IsTwin(&found[0], at), true
}

// Retry calls f until it succeeds, or its refusal is final, or since is longer ago than a request waits for the store (W7).
func (h *Hub) Retry(since time.Time, f func() error) error {
	pause := firstPause
	for {
		err := f()
		switch {
		case err == nil, errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrDeleted),
			errors.Is(err, storage.ErrAhead), errors.Is(err, storage.ErrDamaged), errors.Is(err, context.Canceled), h.ctx.Err() != nil:
			return err
		case h.rt.Now().Sub(since) >= h.limits.StoreWait:
			return err
		}
		if err := Sleep(h.ctx, h.rt, pause); err != nil {
			return err
		}
		pause = min(2*pause, longPause)
	}
}
