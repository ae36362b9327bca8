package collab

import (
	"slices"
	"strings"
	"time"

	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// What REST changed, told to live sessions; changes of access are in events.go. Each returns at once.

// forgetRoles makes the session look its role on doc up anew ("": on all), and gives the views of what it has open. Until
// their roles are known nothing of those documents is sent.
func (s *Session) forgetRoles(doc storage.DocumentID) (open []*view) {
	s.mu.Lock()
	defer s.mu.Unlock()
	forget := func(v *view) {
		v.missed++
		if v.known = false; v.doc != nil {
			open = append(open, v)
		} else {
			v.met = false
		}
	}
	if doc != "" {
		if v := s.views[doc]; v != nil {
			forget(v)
		}
		return open
	}
	for _, v := range s.views {
		forget(v)
	}
	slices.SortFunc(open, func(a, b *view) int { return strings.Compare(string(a.id), string(b.id)) })
	return open
}

// applyRole lets a changed role take effect on an open document: its client is told, and without any role the session
// ends.
func (s *Session) applyRole(v *view, by Identity) {
	role, since, ok := s.role(s.hub.ctx, v)
	if !ok {
		return
	}
	n := notice(v.id, by, s.hub.rt.Now())
	n.Role, n.Reason = role.String(), "role"
	if role == access.None {
		n.Reason = "removed"
		s.expel(wire.CloseForbidden, "access was taken away", n)
		return
	}
	changed, past := s.tellRole(v, role, since, n)
	if past {
		s.close(wire.CloseResync, "older revisions are not for this role")
	}
	if !changed {
		return
	}
	if d := s.enter(v); d != nil {
		d.post(&roleRequest{v, role})
	}
}

// tellRole tells the client its role, once for each change: before anything that is refused for it. past is whether older
// ops are still on their way than the role allows (W8).
func (s *Session) tellRole(v *view, role access.Role, since storage.Revision, n wire.DocNotice) (changed, past bool) {
	s.mu.Lock()
	changed, v.told = v.told != role, role
	past = !access.Allows(role, access.ReadHistory) && v.owesBefore(since)
	full, wake := false, false
	if changed {
		full, wake = s.queueNotice(n)
	}
	s.mu.Unlock()
	s.after(full, wake)
	return changed, past
}

// owesBefore reports whether ops from before a revision are still to be sent (W8). Session.mu is held.
func (v *view) owesBefore(since storage.Revision) bool {
	for _, it := range v.items {
		if it.from < it.to && it.from < since {
			return true
		}
	}
	return v.live && v.cursor < since
}

// expel ends the session at once: of what waits nothing is sent, but for a last notice and what is refused now.
func (s *Session) expel(code wire.CloseCode, reason string, last ...wire.DocNotice) {
	s.mu.Lock()
	if s.expelled {
		s.mu.Unlock()
		return
	}
	s.expelled = true
	for _, f := range s.replies {
		s.queued -= f.Len()
	}
	s.replies = nil
	wake := false
	for _, n := range last {
		_, wake = s.queueNotice(n)
	}
	s.mu.Unlock()
	s.after(false, wake)
	s.close(code, reason)
}

// queueNotice puts a notice among the replies of a Quire client. Session.mu is held.
func (s *Session) queueNotice(n wire.DocNotice) (full, wake bool) {
	if !s.quire || s.left {
		return false, false
	}
	f := wire.Seal(wire.AppendDocNotice(wire.Begin(256), n))
	s.replies = append(s.replies, f)
	return s.enqueued(f.Len()), s.signal()
}

// roleRequest tells a document that a reader's role changed.
type roleRequest struct {
	view *view
	role access.Role
}

func (r *roleRequest) fail(*document) { r.view.unavailable() }

func (r *roleRequest) handle(d *document) {
	if d.wait(r) {
		return
	}
	if r.view.subscribed {
		r.view.who.Writing = r.view.session.Who().Allows(r.role, access.Write)
		d.peopleChanged = true
	}
	r.view.done()
}

// refusePending refuses the ops of some senders that were not handed to the store yet.
func (d *document) refusePending(err *wire.Error, of func(*submission) bool) {
	some := false
	for _, o := range d.order.Pending() {
		if s := submitted(o); s != nil && of(s) {
			s.Barred, some = err, true
		}
	}
	for _, s := range d.later {
		if of(s) {
			s.Barred = err
		}
	}
	if some {
		d.rejudge()
	}
}

// notice begins what is told of a change.
func notice(doc storage.DocumentID, by Identity, now time.Time) wire.DocNotice {
	n := wire.DocNotice{Doc: string(doc), At: now.UnixMilli()}
	if by.User != "" {
		n.By = &wire.By{ID: string(by.User), Name: by.Name}
	}
	return n
}

// notify tells a Quire client something.
func (s *Session) notify(n wire.DocNotice) {
	s.mu.Lock()
	full, wake := s.queueNotice(n)
	s.mu.Unlock()
	s.after(full, wake)
}

// UserChanged: name, colour or picture of a user; who is the user as it now is (ID, Name, Color and Picture count).
func (h *Hub) UserChanged(who Person) {
	for _, s := range h.sessionsOf(who.ID, false) {
		s.mu.Lock()
		s.who.Name, s.who.Color, s.who.Picture = who.Name, who.Color, who.Picture
		var open []*document
		for _, v := range s.opened() {
			h.retain(v.doc)
			open = append(open, v.doc)
		}
		s.mu.Unlock()
		for _, d := range open {
			d.post(call(func(d *document) { d.renamed(who) }))
			h.release(d)
		}
	}
}

// renamed shows a person's new name and colour to those who have the document open.
func (d *document) renamed(who Person) {
	for _, v := range d.subs {
		if v.who.ID == who.ID {
			v.who.Name, v.who.Color, v.who.Picture = who.Name, who.Color, who.Picture
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
	h.tell(doc, call(func(d *document) {
		d.info.Title = title
		n := notice(doc, by, h.rt.Now())
		n.Title, n.Reason = &title, "title"
		d.notifyAll(n)
	}))
}

func (d *document) notifyAll(n wire.DocNotice) {
	for _, v := range d.subs {
		v.session.notify(n)
	}
}

// MembersChanged tells subscribers to read members and links anew.
func (h *Hub) MembersChanged(doc storage.DocumentID) {
	h.tell(doc, call(func(d *document) {
		for _, v := range d.subs {
			s := v.session
			s.mu.Lock()
			quire := s.quire
			s.mu.Unlock()
			if quire {
				s.reply(wire.Seal(wire.AppendMembers(wire.Begin(64), string(doc))))
			}
		}
	}))
}
