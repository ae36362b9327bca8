package collab

import (
	"time"

	"quire/collab/wire"
	"quire/storage"
)

// What others changed, told to live sessions, where an event says only where to look: see Apply. Each returns at once.

// Notice begins what is told of a change.
func Notice(doc storage.DocumentID, by Identity, now time.Time) wire.DocNotice {
	n := wire.DocNotice{Doc: string(doc), At: now.UnixMilli()}
	if by.User != "" {
		n.By = &wire.By{ID: string(by.User), Name: by.Name}
	}
	return n
}

// UserChanged: name, colour or picture of a user; who is the user as it now is (ID, Name, Color and Picture count).
func (h *Hub) UserChanged(who Person) {
	for _, c := range h.connections.of(who.ID) {
		c.Rename(who)
	}
}

// Has reports whether a document is open here, so that it has to be told what others changed.
func (h *Hub) Has(doc storage.DocumentID) bool {
	d := h.registry.find(doc)
	if d != nil {
		h.registry.release(d)
	}
	return d != nil
}

// Described tells what a document's row says now: its title, and whether it lies in the trash. Of what is known here
// already nobody is told.
func (h *Hub) Described(row storage.Document, by Identity) {
	h.registry.tell(row.ID, &described{row: row, by: by})
}

type described struct {
	row     storage.Document
	by      Identity
	deleted bool // for good: there is no row
}

func (m *described) handle(d *document) {
	switch {
	case d.life.state == docLoading: // the row that is on its way may be an older one
		if !d.life.stopped { // else one will be read
			d.waits.replaceRow(m)
		}
		return
	case d.life.state == docAbsent, d.life.state == docDeleted:
		return
	case m.deleted:
		d.vanish()
		return
	}
	if m.row.Title != d.life.info.Title {
		d.retitled(m.row.Title, m.by)
	}
	if m.row.Trashed() {
		d.trashed(m.row.TrashedAt, m.by)
	} else {
		d.restored(m.by)
	}
}

// retitled tells subscribers the new title.
func (d *document) retitled(title string, by Identity) {
	d.life.info.Title = title
	n := Notice(d.id, by, d.node.rt.Now())
	n.Title, n.Reason = &title, "title"
	d.subscribers.notify(noticeFrame(n))
}

func noticeFrame(n wire.DocNotice) wire.Frame {
	return wire.Seal(wire.AppendDocNotice(wire.Begin(256), n))
}

// membersChanged tells subscribers to read members and links anew.
func (h *Hub) membersChanged(doc storage.DocumentID) {
	h.registry.tell(doc, call(func(d *document) {
		d.subscribers.notify(wire.Seal(wire.AppendMembers(wire.Begin(64), string(doc))))
	}))
}
