package collab

import (
	"errors"
	"slices"
	"time"

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
	d.heavy(func() message {
		var v verdict
		var done bool
		var m mover
		switch {
		case why == rulingFind:
			v, done = d.hub.findCreation(d.id, s)
		case near != nil:
			v, done = m.advance(s, near)
		default:
			v, done = d.hub.advanceFar(&m, d.id, s, to)
		}
		return call(func(d *document) {
			switch {
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

// advanceFar transforms s over the log from s.at to revision to.
func (h *Hub) advanceFar(m *mover, doc storage.DocumentID, s *submission, to storage.Revision) (verdict, bool) {
	for s.at < to {
		var ops []storage.Op
		err := h.retry(s.arrived, func() (err error) {
			ops, err = h.store.Read(h.ctx, doc, s.at, to, h.limits.PageBytes)
			return err
		})
		if err != nil {
			return verdict{ruling: rulingFull}, true
		}
		entries, err := decodeOps(ops)
		if err != nil || len(entries) == 0 {
			h.log.Error("log unreadable", "doc", doc, "revision", s.at, "err", err)
			return verdict{ruling: rulingFull}, true
		}
		if v, done := m.advance(s, entries); done {
			return v, true
		}
	}
	return verdict{}, false
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
