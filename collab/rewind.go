package collab

import (
	"slices"

	"quire/collab/wire"
)

// outdated gives up on an op whose sender spoke of revisions in another history, and reports whether it did.
func (d *document) outdated(s *submission) bool {
	if s.timeline >= d.timeline {
		return false
	}
	s.undecided()
	return true
}

// lookBack has the document compared with the log.
func (d *document) lookBack() {
	switch d.state {
	case docLive:
		d.doubt = true
		d.lookNow()
	case docAbsent, docDeleted, docDamaged:
		d.state = docLoading
		d.startLoading()
	}
}

// doubted reports whether the log may have gone back since the document was read.
func (d *document) doubted() bool { return d.doubt || d.rewinds != d.node.store.Rewinds() }

// unsure keeps m, which is to be judged by what the document holds or told of it, until that was compared with the log, and reports whether it did.
func (d *document) unsure(m message) bool {
	if d.state != docLive || !d.doubted() {
		return false
	}
	d.waits.add(forLook, m)
	d.lookNow()
	return true
}

// rewound drops what is in memory, which is not in the log, and begins anew from what the log holds.
func (d *document) rewound(err error) {
	d.node.log.Error("history went back in time; what was ahead is dropped", "doc", d.id, "revision", d.order.Head(), "err", err)
	d.timeline = d.hub.timelines.next()
	for _, x := range slices.Concat(d.subs, d.channel) {
		x.reader.Close(wire.CloseResync, backInTime)
	}
	for _, s := range d.unstored() {
		s.abandon()
	}
	for _, l := range d.late {
		l.of.reader.Done()
		l.of.reader.Close(wire.CloseResync, backInTime)
	}
	d.late = nil
	d.batch.hold()
	d.order.Load(0, nil, 0, nil)
	d.frozen, d.safe, d.doubt = nil, 0, false
	d.forgetAll()
	d.state = docLoading
	d.waits.turn(forLookBegun, forLoading)
	d.waits.turn(forLook, forLoading)
	d.startLoading()
}

// forgetAll drops the document's hold on its encodings, also on those that are being sent: no newcomer may get one.
func (d *document) forgetAll() {
	r := &d.reads
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, g := range r.current {
		if g != nil {
			d.holds.Drop(g.Held)
			r.current[i] = nil
		}
	}
	r.keeps.Store(false)
}
