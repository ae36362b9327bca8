package collab

import (
	"maps"
	"slices"
	"time"

	"quire/collab/wire"
	"quire/storage"
)

// What live sessions are told of changes by others. None of these methods blocks. For changes of access see Apply.

// Notice returns the frame that tells of a change, without what changed.
func Notice(doc storage.DocumentID, by Identity, now time.Time) wire.DocNotice {
	n := wire.DocNotice{Doc: string(doc), At: now.UnixMilli()}
	if by.User != "" {
		n.By = &wire.By{ID: string(by.User), Name: by.Name}
	}
	return n
}

// UserChanged tells sessions and readers that a user has another name, colour or picture: that of who.
func (h *Hub) UserChanged(who Person) {
	for _, c := range h.connections.of(who.ID) {
		c.Rename(who)
	}
}

// Users returns who has a session here, each once.
func (h *Hub) Users() []storage.UserID {
	h.connections.mu.Lock()
	defer h.connections.mu.Unlock()
	return slices.Collect(maps.Keys(h.connections.byUser))
}

// Has reports whether a document is live here, so that it must be told of changes.
func (h *Hub) Has(doc storage.DocumentID) bool {
	d := h.registry.find(doc)
	if d != nil {
		h.registry.release(d)
	}
	return d != nil
}

// Described tells a document what its row in the store says now: its title, and whether it is in the trash. Readers are told of what
// is different from before.
func (h *Hub) Described(row storage.Document, by Identity) {
	h.registry.tell(row.ID, &described{row: row, by: by})
}

type described struct {
	row     storage.Document
	by      Identity
	deleted bool // the document was, for good
}

func (m *described) handle(d *document) {
	switch {
	case d.life.state == docLoading: // the row that is being loaded may be older
		if !d.life.stopped { // else the next loading reads it
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

// retitled changes the title and tells subscribers.
func (d *document) retitled(title string, by Identity) {
	d.life.info.Title = title
	n := Notice(d.id, by, d.node.rt.Now())
	n.Title, n.Reason = &title, "title"
	d.subscribers.notify(noticeFrame(n))
}

func noticeFrame(n wire.DocNotice) wire.Frame {
	return wire.Seal(wire.AppendDocNotice(wire.Begin(256), n))
}

// membersChanged tells subscribers to fetch members and links again.
func (h *Hub) membersChanged(doc storage.DocumentID) {
	h.registry.tell(doc, call((*document).membersChanged))
}

// membersPause is the shortest time between two frames that say so: a link that is withdrawn with a thousand people is as many changes,
// and whoever looks at the list of members fetches it each time.
const membersPause = 250 * time.Millisecond

// membersChanged tells subscribers at once or, if they were told a moment ago, after a pause, once for all changes until then.
func (d *document) membersChanged() {
	s := &d.subscribers
	if s.membersDue || len(s.list) == 0 {
		return
	}
	pause := membersPause - d.node.rt.Now().Sub(s.membersTold)
	if pause <= 0 {
		d.tellMembers()
		return
	}
	s.membersDue = true
	d.jobs.run(func() message {
		Sleep(d.node.ctx, d.node.rt, pause)
		return call((*document).tellMembers)
	})
}

func (d *document) tellMembers() {
	d.subscribers.membersDue, d.subscribers.membersTold = false, d.node.rt.Now()
	d.subscribers.notify(wire.Seal(wire.AppendMembers(wire.Begin(64), string(d.id))))
}
