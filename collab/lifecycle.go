package collab

import (
	"time"

	"quire/collab/access"
	"quire/collab/wire"
)

// trashed closes everybody but owners.
func (h *Hub) trashed(e AccessEvent) {
	h.registry.tell(e.Document, call(func(d *document) {
		now, trashed := h.node.rt.Now(), true
		d.info.TrashedAt, d.info.TrashedBy = now, e.By
		if len(d.order.Pending()) > 0 {
			d.rejudge() // which refuses all that is not with the store
		}
		n := Notice(e.Document, e.by(), now)
		n.Trashed, n.Reason = &trashed, "trashed"
		d.notifyAll(n)
		for _, x := range d.subs {
			d.closeInTrash(x)
		}
	}))
}

// closeInTrash ends a session for which the document is not there any more.
func (d *document) closeInTrash(x *Handle) {
	if d.hides(x.standing.role) {
		x.reader.Close(wire.CloseDeleted, "the document was put into the trash")
	}
}

// restored lets people in again.
func (h *Hub) restored(e AccessEvent) {
	h.registry.tell(e.Document, call(func(d *document) {
		trashed := false
		d.info.TrashedAt, d.info.TrashedBy = time.Time{}, ""
		n := Notice(e.Document, e.by(), h.node.rt.Now())
		n.Trashed, n.Reason = &trashed, "trashed"
		d.notifyAll(n)
	}))
}

// vanish ends a document that was deleted for good.
func (d *document) vanish() {
	d.state = docDeleted
	err := d.closed()
	for _, s := range d.unstored() {
		s.refuseAll(err)
	}
	for _, l := range d.late { // the ops before it are not known
		l.of.reader.Done()
		l.of.reader.Close(wire.CloseResync, "the document is damaged")
	}
	d.late = nil
	d.batch.hold()
	d.order.Load(0, nil, 0, nil)
	d.waits.turn(forLook, forLookBegun)
	d.releaseAhead()
	n := wire.DocNotice{Doc: string(d.id), Role: access.None.String(), At: d.node.rt.Now().UnixMilli(), Reason: "deleted"}
	d.notifyAll(n)
	for _, x := range d.subs {
		x.reader.Close(wire.CloseDeleted, "the document was deleted for good")
	}
}

// damage stops serving a document whose log cannot be applied.
func (d *document) damage(err error) {
	d.node.log.Error("document damaged", "doc", d.id, "revision", d.order.Head(), "err", err)
	d.state = docDamaged
	for _, s := range d.unstored() {
		s.abandon()
	}
	d.batch.hold()
	d.waits.turn(forLook, forLookBegun)
	d.releaseAhead()
	for _, x := range d.subs {
		x.reader.Close(wire.CloseResync, "the document is damaged")
	}
}
