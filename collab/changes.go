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

// renamed shows a person's new name and colour to those who have the document open.
func (d *document) renamed(who Person) {
	for _, x := range d.subs {
		if x.who.ID == who.ID {
			x.who.Name, x.who.Color, x.who.Picture = who.Name, who.Color, who.Picture
			d.peopleChanged = true
		}
	}
	for _, c := range d.carets {
		if c.user.ID == string(who.ID) {
			c.user.Name, c.user.Color, c.user.Picture = who.Name, who.Color, who.Picture
			if d.bringForward(c) {
				d.show(c, d.caretFrame(c))
			}
		}
	}
}

// TitleChanged tells subscribers the new title.
func (h *Hub) TitleChanged(doc storage.DocumentID, title string, by Identity) {
	h.registry.tell(doc, call(func(d *document) {
		d.info.Title = title
		n := Notice(doc, by, h.node.rt.Now())
		n.Title, n.Reason = &title, "title"
		d.notifyAll(n)
	}))
}

func (d *document) notifyAll(n wire.DocNotice) {
	d.notify(noticeFrame(n))
}

func noticeFrame(n wire.DocNotice) wire.Frame {
	return wire.Seal(wire.AppendDocNotice(wire.Begin(256), n))
}

// notify sends one frame to all subscribers whose client is Quire's own.
func (d *document) notify(f wire.Frame) {
	for _, x := range d.subs {
		x.reader.Notify(f)
	}
}

// MembersChanged tells subscribers to read members and links anew.
func (h *Hub) MembersChanged(doc storage.DocumentID) {
	h.registry.tell(doc, call(func(d *document) {
		d.notify(wire.Seal(wire.AppendMembers(wire.Begin(64), string(doc))))
	}))
}
