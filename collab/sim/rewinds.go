package sim

import (
	"context"
	"slices"
	"strings"

	"quire/collab/delta"
	"quire/storage"
)

// failOver has another server take over that lacks the newest ops of some documents, or of none (N12). Others may have written to
// it before a node notices: as much as was lost, or more.
func (w *world) failOver() {
	w.observe()
	to, complete := map[storage.DocumentID]storage.Revision{}, w.rand.IntN(4) == 0
	for _, d := range w.docs {
		at := max(1, len(d.ops)-w.rand.IntN(12))
		for !w.tokens && !strings.HasSuffix(d.content[at].PlainText(), "\n") {
			at-- // an op and its newline are one commit (E6)
		}
		if !complete && at < len(d.ops) {
			to[d.id] = storage.Revision(at)
			d.cut(at)
		}
	}
	w.note("fail over %v %v", to, complete)
	w.result.Rewinds++
	w.mem.FailOver(to, complete)
	if !complete {
		for _, r := range w.rests {
			r.old = true
		}
		w.forgetRests()
	}
	for range w.rand.IntN(12) {
		w.elsewhere()
	}
}

// forgetRests drops the requests of an unknown fate that nobody sends again: their revision is one of before.
func (w *world) forgetRests() {
	w.rests = slices.DeleteFunc(w.rests, func(r *rest) bool { return r.old && !r.under })
}

// cut moves the end of what was observed into the past.
func (d *observed) cut(at int) {
	d.pasts = append(d.pasts, past{at, d.ops[at:], d.content[at+1:]})
	for key, place := range d.place {
		if place >= at {
			delete(d.place, key)
		}
	}
	for token, place := range d.acked {
		if place >= at {
			delete(d.acked, token)
		}
	}
	d.ops, d.content = d.ops[:at:at], d.content[:at+1:at+1]
	clear(d.last)
	for _, op := range d.ops {
		d.last[op.Client] = max(d.last[op.Client], op.Seq)
	}
}

// old reports whether a client has not been told yet that the log went back: what it is shown may be of before.
func (w *world) old(c *client) bool {
	epoch, err := w.mem.Epoch(context.Background())
	return err == nil && c.epoch != epoch
}

// lost reports whether an op that was at revision at before the log went back is the one meant.
func (d *observed) lost(at int, meant func(storage.Op) bool) bool {
	for _, p := range d.pasts {
		if i := at - p.from; i >= 0 && i < len(p.ops) && meant(p.ops[i]) {
			return true
		}
	}
	return false
}

// lostContent reports whether that was the content of a revision before the log went back.
func (d *observed) lostContent(at int, content delta.Delta) bool {
	for _, p := range d.pasts {
		if i := at - p.from - 1; i >= 0 && i < len(p.content) && content.Normal().Equal(p.content[i]) {
			return true
		}
	}
	return false
}
