package collab

import (
	"time"

	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// What REST changed, told to live sessions. Each returns at once; the effect follows within a second (P10).

// GrantChanged: user's role on doc was given, changed or taken away by somebody.
func (h *Hub) GrantChanged(doc storage.DocumentID, user storage.UserID, by Identity) {
	for _, s := range h.sessionsOf(user, false) {
		if v := s.forgetRole(doc); v != nil {
			h.task(func() { s.applyRole(v, by) })
		}
	}
}

// forgetRole makes the session look its role on doc up anew, and gives its view if it has the document open.
func (s *Session) forgetRole(doc storage.DocumentID) *view {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	v := s.views[doc]
	if v == nil {
		return nil
	}
	v.known = false
	if v.doc == nil {
		return nil
	}
	return v
}

// applyRole lets a changed role take effect on an open document: it is told, ops that wait are refused if it no longer
// allows them, and without any role the session ends.
func (s *Session) applyRole(v *view, by Identity) {
	role, _, ok := s.role(s.hub.ctx, v)
	if !ok {
		return
	}
	n := notice(v.id, by, s.hub.rt.Now())
	n.Role, n.Reason = role.String(), "role"
	if role == access.None {
		n.Reason = "removed"
	}
	s.notify(n)
	if d := s.enter(v); d != nil {
		d.post(&roleRequest{v, role})
	}
	if role == access.None {
		s.close(wire.CloseForbidden, "access was taken away")
	}
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
	if r.view.muted = !access.Allows(r.role, access.Write); r.view.muted {
		d.refusePending(forbidden(), func(s *submission) bool { return s.origin == r.view })
	}
	r.view.done()
}

// refusePending refuses the ops of some senders that were not handed to the store yet.
func (d *document) refusePending(err *wire.Error, of func(*submission) bool) {
	some := false
	for _, p := range d.core.pending {
		if p.origin != nil && of(p) {
			p.bad, some = err, true
		}
	}
	for _, p := range d.later {
		if of(p) {
			p.bad = err
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
	quire := s.quire
	s.mu.Unlock()
	if quire {
		s.reply(wire.Seal(wire.AppendDocNotice(wire.Begin(256), n)))
	}
}

// SignInEnded closes the sessions of a sign-in.
func (h *Hub) SignInEnded(signIn string) {
	for _, s := range h.sessionsOf("", true) {
		if signIn != "" && s.who.SignIn == signIn {
			s.close(wire.CloseSignedOut, "signed out")
		}
	}
}

// UserChanged: name or colour of a user; who is the user as it now is (ID, Name and Color count).
func (h *Hub) UserChanged(who Person) {
	for _, s := range h.sessionsOf(who.ID, false) {
		s.mu.Lock()
		s.who.Name, s.who.Color = who.Name, who.Color
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
			v.who.Name, v.who.Color = who.Name, who.Color
			d.peopleChanged = true
		}
	}
	for _, c := range d.carets {
		if c.user.ID == string(who.ID) {
			c.user.Name, c.user.Color = who.Name, who.Color
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
