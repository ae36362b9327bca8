package collab

import (
	"quire/collab/wire"
	"quire/storage"
)

const backInTime = "the document's history went back in time"

// Look compares a live document with where its log ends, which a failover to a server that lacks the newest ops, or a restore that
// nobody told of, may have set back (N12).
func (h *Hub) Look(doc storage.DocumentID, head storage.Revision) {
	h.tell(doc, call(func(d *document) {
		if d.state == docLive && head < d.core.head && !d.tail.under && len(d.core.pending) == 0 && d.batch.hold() {
			d.readTail() // what was just committed here may not have been in head yet
		}
	}))
}

// rewound drops what is in memory, which is ahead of the log, and begins anew from what the log holds. Whoever has it open starts
// afresh, and keeps what the log lost for its author.
func (d *document) rewound(err error) {
	d.hub.log.Error("history went back in time; what was ahead is dropped", "doc", d.id, "revision", d.core.head, "err", err)
	for _, v := range d.subs {
		v.session.close(wire.CloseResync, backInTime)
	}
	for _, v := range d.channel {
		v.session.close(wire.CloseResync, backInTime)
	}
	for _, s := range append(d.core.withdraw(len(d.core.pending)), d.later...) {
		s.origin.undecided(s)
		for _, t := range s.twins {
			t.origin.undecided(t)
		}
	}
	for _, l := range d.late {
		l.view.done()
		l.view.session.close(wire.CloseResync, backInTime)
	}
	d.later, d.laterBytes, d.late = nil, 0, nil
	d.batch.hold()
	d.core.load(0, nil, 0)
	d.core.recent = recent{}
	d.frozen, d.safe = nil, 0
	d.forgetAll()
	d.state = docLoading
	d.waiting = append(d.waiting, append(d.looking, d.ahead...)...)
	d.looking, d.ahead = nil, nil
	d.startLoading()
}

// forgetAll drops the document's hold on its encodings, also on those that are being sent: no newcomer may get one.
func (d *document) forgetAll() {
	r := &d.reads
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, g := range r.current {
		if g != nil {
			d.holds.Drop(g.held)
			r.current[i] = nil
		}
	}
	r.keeps.Store(false)
}
