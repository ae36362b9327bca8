package collab

import (
	"time"

	"quire/collab/wire"
	"quire/storage"
)

// What REST changed, told to live sessions; changes of access are in events.go. Each returns at once.

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

// TitleChanged tells subscribers the new title.
func (h *Hub) TitleChanged(doc storage.DocumentID, title string, by Identity) {
	h.registry.tell(doc, call(func(d *document) {
		d.life.info.Title = title
		n := Notice(doc, by, h.node.rt.Now())
		n.Title, n.Reason = &title, "title"
		d.subscribers.notify(noticeFrame(n))
	}))
}

func noticeFrame(n wire.DocNotice) wire.Frame {
	return wire.Seal(wire.AppendDocNotice(wire.Begin(256), n))
}

// MembersChanged tells subscribers to read members and links anew.
func (h *Hub) MembersChanged(doc storage.DocumentID) {
	h.registry.tell(doc, call(func(d *document) {
		d.subscribers.notify(wire.Seal(wire.AppendMembers(wire.Begin(64), string(doc))))
	}))
}
