package collab

import (
	"time"

	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

type docState uint8

const (
	docLoading docState = iota
	docLive
	docAbsent  // no such row: an application's token may create it
	docDeleted // a tombstone (L7)
	docDamaged // its log cannot be applied; nothing is served
)

// lifecycle is the state of a document and its row in the store. It belongs to the turn.
type lifecycle struct {
	state   docState
	stopped bool // loading failed, and nobody waited for it any more
	info    storage.Document
}

func (l *lifecycle) live() bool { return l.state == docLive }

// refusal returns the reason, if any, to refuse every op.
func (l *lifecycle) refusal() *wire.Error {
	switch {
	case l.state == docDeleted:
		return wire.Errorf(wire.CodeWasDeleted, "the document was deleted for good")
	case l.state == docDamaged:
		return wire.Errorf(wire.CodeOpNotApplied, "the document's history is damaged")
	case l.info.Trashed():
		return inTrash
	}
	return nil
}

var inTrash = wire.Errorf(wire.CodeForbidden, "the document is in the trash")

// hides reports whether the document is hidden from a role: in the trash only owners see it.
func (l *lifecycle) hides(role access.Role) bool {
	return l.info.Trashed() && !access.Allows(role, access.Trash)
}

// shows reports whether somebody may know of the document.
func (l *lifecycle) shows(st *standing) bool {
	return st.allows(access.Read) && !l.hides(st.role)
}

// trashed moves the document to the trash: everybody but owners is closed.
func (d *document) trashed(at time.Time, by Identity) {
	if d.life.info.Trashed() || d.life.state == docLoading { // else the row that is on its way says it, or Described
		return
	}
	trashed := true
	d.life.info.TrashedAt, d.life.info.TrashedBy = at, by.User
	if len(d.order.Pending()) > 0 {
		d.rejudge() // refuses the ops that are not with the store
	}
	n := Notice(d.id, by, d.node.rt.Now())
	n.Trashed, n.Reason = &trashed, "trashed"
	d.subscribers.notify(noticeFrame(n))
	for _, x := range d.subscribers.list {
		x.closeInTrash()
	}
}

// closeInTrash closes the session of a reader from whom the trash hides the document.
func (x *Handle) closeInTrash() {
	if x.d.life.hides(x.standing.role) {
		x.reader.Close(wire.CloseDeleted, "the document was put into the trash")
	}
}

// restored takes the document out of the trash.
func (d *document) restored(by Identity) {
	if !d.life.info.Trashed() || d.life.state == docLoading {
		return
	}
	trashed := false
	d.life.info.TrashedAt, d.life.info.TrashedBy = time.Time{}, ""
	n := Notice(d.id, by, d.node.rt.Now())
	n.Trashed, n.Reason = &trashed, "trashed"
	d.subscribers.notify(noticeFrame(n))
}

// vanish ends a document that was deleted for good.
func (d *document) vanish() {
	switch d.life.state {
	case docDeleted:
		return
	case docLoading:
		(&described{deleted: true}).handle(d)
		return
	}
	d.life.state = docDeleted
	err := d.life.refusal()
	for _, s := range d.unstored() {
		s.refuseAll(err)
	}
	d.stream.closeLate("the document was deleted for good")
	d.batch.hold()
	d.order.Load(0, nil, 0, nil)
	d.noTail()
	n := wire.DocNotice{Doc: string(d.id), Role: access.None.String(), At: d.node.rt.Now().UnixMilli(), Reason: "deleted"}
	d.subscribers.notify(noticeFrame(n))
	d.subscribers.close(wire.CloseDeleted, "the document was deleted for good")
}

// damage stops serving the document, because its log cannot be applied.
func (d *document) damage(err error) {
	d.node.log.Error("document damaged", "doc", d.id, "revision", d.order.Head(), "err", err)
	d.life.state = docDamaged
	for _, s := range d.unstored() {
		s.abandon()
	}
	d.batch.hold()
	d.noTail()
	d.subscribers.close(wire.CloseResync, "the document is damaged")
}

// rewound drops the document's state, which differs from the log, and loads it again (N12).
func (d *document) rewound(err error) {
	d.node.log.Error("history went back in time; what was ahead is dropped", "doc", d.id, "revision", d.order.Head(), "err", err)
	d.log.begin(d.hub.timelines.next())
	d.subscribers.close(wire.CloseResync, backInTime)
	d.presence.close(wire.CloseResync, backInTime)
	for _, s := range d.unstored() {
		s.abandon()
	}
	d.stream.closeLate(backInTime)
	d.batch.hold()
	d.order.Load(0, nil, 0, nil)
	d.frozen.content = nil
	d.encodings.forgetAll()
	d.life.state = docLoading
	d.waits.move(forTailBegun, forLoading)
	d.waits.move(forTail, forLoading)
	d.startLoading()
}

// reload loads a document that may exist now, or again.
func (d *document) reload() {
	d.life.state = docLoading
	d.startLoading()
}
