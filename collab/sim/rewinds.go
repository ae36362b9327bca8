package sim

import (
	"context"
	"slices"
	"strings"

	"quire/collab/delta"
	"quire/storage"
)

// failOver lets another database server take over, which lacks the newest ops of some documents, or of none (N12). Before a node
// notices, as many ops as were lost, or more, may have been written to it elsewhere.
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
		for _, r := range w.restCalls {
			r.old = true
		}
		w.forgetRestCalls()
	}
	for range w.rand.IntN(12) {
		w.elsewhere()
	}
}

// forgetRestCalls drops REST requests with an unknown outcome that were made for a log that went back: nobody resends them.
func (w *world) forgetRestCalls() {
	w.restCalls = slices.DeleteFunc(w.restCalls, func(r *restCall) bool { return r.old && !r.inFlight })
}

// cut moves the observed ops from revision at on to lostTails.
func (d *observed) cut(at int) {
	d.lostTails = append(d.lostTails, lostTail{at, d.ops[at:], d.content[at+1:]})
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

// old reports whether a client has not been told yet that the log went back, so that it may still be shown lost ops.
func (w *world) old(c *client) bool {
	epoch, err := w.mem.Epoch(context.Background())
	return err == nil && c.epoch != epoch
}

// lost reports whether an op that was lost from revision at satisfies meant.
func (d *observed) lost(at int, meant func(storage.Op) bool) bool {
	for _, p := range d.lostTails {
		if i := at - p.from; i >= 0 && i < len(p.ops) && meant(p.ops[i]) {
			return true
		}
	}
	return false
}

// lostContent reports whether a lost revision at had this content.
func (d *observed) lostContent(at int, content delta.Delta) bool {
	for _, p := range d.lostTails {
		if i := at - p.from - 1; i >= 0 && i < len(p.content) && content.Normal().Equal(p.content[i]) {
			return true
		}
	}
	return false
}
