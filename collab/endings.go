package collab

import (
	"time"

	"quire/collab/access"
	"quire/collab/wire"
)

const restarting = "the server is about to restart"

// bye tells a Quire client that the node is about to stop.
func (s *Session) bye() {
	s.mu.Lock()
	quire := s.quire && !s.closed
	s.mu.Unlock()
	if quire {
		s.reply(wire.Seal(wire.AppendBye(wire.Begin(64), "restarting")))
	}
}

// trashed closes everybody but owners.
func (h *Hub) trashed(e AccessEvent) {
	h.tell(e.Document, call(func(d *document) {
		now, trashed := h.rt.Now(), true
		d.info.TrashedAt, d.info.TrashedBy = now, e.By
		d.refusePending(d.closed(), func(*submission) bool { return true })
		n := notice(e.Document, e.by(), now)
		n.Trashed, n.Reason = &trashed, "trashed"
		d.notifyAll(n)
		for _, v := range d.subs {
			if !access.Allows(v.lastRole(), access.Trash) {
				v.session.close(wire.CloseDeleted, "the document was put into the trash")
			}
		}
	}))
}

// lastRole is the role that was last looked up.
func (v *view) lastRole() access.Role {
	v.session.mu.Lock()
	defer v.session.mu.Unlock()
	return v.role
}

// restored lets people in again.
func (h *Hub) restored(e AccessEvent) {
	h.tell(e.Document, call(func(d *document) {
		trashed := false
		d.info.TrashedAt, d.info.TrashedBy = time.Time{}, ""
		n := notice(e.Document, e.by(), h.rt.Now())
		n.Trashed, n.Reason = &trashed, "trashed"
		d.notifyAll(n)
	}))
}

// vanish ends a document that was deleted for good.
func (d *document) vanish() {
	d.state = docDeleted
	err := d.closed()
	for _, s := range d.unstored() {
		s.refuse(err)
	}
	for _, l := range d.late { // the ops before it are not known
		l.view.done()
		l.view.session.close(wire.CloseResync, "the document is damaged")
	}
	d.late = nil
	d.batch.hold()
	d.order.Load(0, nil, 0, nil)
	d.looking, d.ahead = append(d.looking, d.ahead...), nil
	d.releaseAhead()
	n := wire.DocNotice{Doc: string(d.id), Role: access.None.String(), At: d.hub.rt.Now().UnixMilli(), Reason: "deleted"}
	for _, v := range d.subs {
		v.session.notify(n)
		v.session.close(wire.CloseDeleted, "the document was deleted for good")
	}
}

// damage stops serving a document whose log cannot be applied.
func (d *document) damage(err error) {
	d.hub.log.Error("document damaged", "doc", d.id, "revision", d.order.Head(), "err", err)
	d.state = docDamaged
	for _, s := range d.unstored() {
		s.abandon()
	}
	d.batch.hold()
	d.looking, d.ahead = append(d.looking, d.ahead...), nil
	d.releaseAhead()
	for _, v := range d.subs {
		v.session.close(wire.CloseResync, "the document is damaged")
	}
}
