package collab

import (
	"errors"
	"slices"
	"time"

	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// An op may come from long ago, or be so large that transforming it takes long. Then a helper does it, page by page of the
// log, while the document goes on; afterwards the op enters again with what it has not seen since, which is less each time.

// farRounds is after how many such rounds an op is finished in the document's goroutine whatever it costs, so that it does
// not chase a busy document for ever.
const farRounds = 6

func (d *document) goFar(s *submission, why ruling) {
	to := d.core.head
	var near []entry
	if why == rulingFar && d.core.recent.holds(s.at) {
		near = slices.Clip(d.core.recent.from(s.at)) // entries never change, and the log only grows behind them
	}
	s.rounds++
	d.far = append(d.far, s)
	d.heavy(func() message {
		v, done := d.hub.advanceFar(d.id, s, near, to, why)
		return call(func(d *document) {
			d.far = slices.DeleteFunc(d.far, func(other *submission) bool { return other == s })
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
func (h *Hub) advanceFar(doc storage.DocumentID, s *submission, near []entry, to storage.Revision, why ruling) (verdict, bool) {
	if why == rulingFind {
		return h.findCreation(doc, s)
	}
	m := delta.NewTransformer(s.form.Delta, delta.CommittedFirst)
	if near != nil {
		if v, done := advance(m, s, near); done {
			return v, true
		}
	}
	for s.at < to {
		entries, err := h.readEntries(doc, s, to)
		if err != nil {
			h.log.Warn("log unreadable", "doc", doc, "revision", s.at, "err", err)
			return verdict{ruling: rulingFull}, true
		}
		if v, done := advance(m, s, entries); done {
			return v, true
		}
	}
	s.form.Delta = m.Delta()
	return verdict{}, false
}

// readEntries reads a page of the log that s has to go over.
func (h *Hub) readEntries(doc storage.DocumentID, s *submission, to storage.Revision) ([]entry, error) {
	var ops []storage.Op
	err := h.retry(s.arrived, func() (err error) {
		ops, err = h.store.Read(h.ctx, doc, s.at, to, h.limits.PageBytes)
		return err
	})
	if err == nil && len(ops) == 0 {
		err = ErrDamaged
	}
	if err != nil {
		return nil, err
	}
	return decodeOps(ops)
}

// findCreation looks through the whole log for the twin of a creation that came without a version.
func (h *Hub) findCreation(doc storage.DocumentID, s *submission) (verdict, bool) {
	var at storage.Revision
	var op storage.Op
	err := h.retry(s.arrived, func() (err error) {
		at, op, err = h.store.Find(h.ctx, doc, 0, s.client, s.seq)
		if errors.Is(err, storage.ErrNotFound) {
			at, err = storage.Newest, nil
		}
		return err
	})
	if err != nil {
		return verdict{ruling: rulingFull}, true
	}
	if at == storage.Newest {
		return verdict{}, false
	}
	body, err := wire.DecodeBody(op.Body, stored)
	if err != nil {
		return verdict{ruling: rulingFull}, true
	}
	return compareTwin(s, s.form, &entry{op.Client, op.Seq, op.Author, body, 0}, at), true
}

// retry calls f until it succeeds, or its refusal is final, or since is longer ago than a request waits for the store (W7).
func (h *Hub) retry(since time.Time, f func() error) error {
	pause := firstPause
	for {
		err := f()
		switch {
		case err == nil, errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrDeleted),
			errors.Is(err, storage.ErrAhead), errors.Is(err, storage.ErrDamaged), h.ctx.Err() != nil:
			return err
		case h.rt.Now().Sub(since) >= h.limits.StoreWait:
			return err
		}
		if err := sleep(h.ctx, h.rt, pause); err != nil {
			return err
		}
		pause = min(2*pause, longPause)
	}
}
