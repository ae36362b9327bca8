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
		r.view.who.Writing = access.Allows(r.role, access.Write)
		d.peopleChanged = true
	}
	if !access.Allows(r.role, access.Write) {
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

// DocumentTrashed closes everybody but owners with 4502.
func (h *Hub) DocumentTrashed(doc storage.DocumentID, by Identity) {
	h.tell(doc, call(func(d *document) {
		now, trashed := h.rt.Now(), true
		d.info.TrashedAt, d.info.TrashedBy = now, by.User
		d.refusePending(d.closed(), func(*submission) bool { return true })
		n := notice(doc, by, now)
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

// DocumentRestored undoes DocumentTrashed.
func (h *Hub) DocumentRestored(doc storage.DocumentID, by Identity) {
	h.tell(doc, call(func(d *document) {
		trashed := false
		d.info.TrashedAt, d.info.TrashedBy = time.Time{}, ""
		n := notice(doc, by, h.rt.Now())
		n.Trashed, n.Reason = &trashed, "trashed"
		d.notifyAll(n)
	}))
}

// DocumentDeleted closes everybody with 4502, for good.
func (h *Hub) DocumentDeleted(doc storage.DocumentID) {
	h.tell(doc, call((*document).vanish))
}

// vanish ends a document that was deleted for good.
func (d *document) vanish() {
	d.state = docDeleted
	err := d.closed()
	for _, s := range append(d.core.withdraw(len(d.core.pending)), d.later...) {
		s.origin.refused(s, err)
		for _, t := range s.twins {
			t.origin.refused(t, err)
		}
	}
	d.later, d.laterBytes = nil, 0
	d.batch.hold()
	d.core.load(0, nil, 0)
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
	d.hub.log.Error("document damaged", "doc", d.id, "revision", d.core.head, "err", err)
	d.state = docDamaged
	for _, s := range append(d.core.withdraw(len(d.core.pending)), d.later...) {
		s.origin.undecided(s)
		for _, t := range s.twins {
			t.origin.undecided(t)
		}
	}
	d.later, d.laterBytes = nil, 0
	d.batch.hold()
	d.looking, d.ahead = append(d.looking, d.ahead...), nil
	d.releaseAhead()
	for _, v := range d.subs {
		v.session.close(wire.CloseResync, "the document is damaged")
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
