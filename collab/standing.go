package collab

import (
	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// standing is what somebody may do to a document: a reader, or the sender of an op over REST. Only the document's turn reads and
// changes it (P10). A change of access is a message in the inbox, so its position there is when it takes effect. From then on the role
// of those it concerns is unknown: their requests wait, nothing is sent to them, and a task looks the role up. An op that is with the
// store already can't be withdrawn. But if the result is unknown, it is appended again only if its sender still may write.
type standing struct {
	sender      Sender
	handle      *Handle       // nil: the op came over REST
	scopes      access.Scopes // of an API token; 0: it is none
	role        access.Role
	historyFrom storage.Revision // they may read ops from there on (W8)
	known       bool
	left        bool          // the request over REST has ended
	ended       bool          // their sign-in has, for good
	asking      bool          // a look-up is under way
	again       bool          // and its result is out of date
	change      *accessChange // the latest that concerned them; nil: none did
}

// allows reports whether they may do action.
func (st *standing) allows(action access.Action) bool {
	return access.Allows(st.role, action) && (st.scopes == 0 || st.scopes.Allow(action))
}

// refusal returns why they may not.
func (st *standing) refusal(action access.Action) *wire.Error {
	return Identity{Scopes: st.scopes}.Refusal(st.role, action)
}

// reads returns why they may not read ops from a revision on; nil: they may. Ops from before they had access are only for roles that
// may read history (W8).
func (st *standing) reads(from storage.Revision) *wire.Error {
	switch {
	case !st.allows(access.Read):
		return Forbidden()
	case from == storage.Newest || from >= st.historyFrom || access.Allows(st.role, access.ReadHistory):
		return nil
	}
	return wire.Errorf(wire.CodeForbidden, "version %d is from before you had access: fetch the document anew", from)
}

// accessChange tells a document of a change of access.
type accessChange struct {
	concerns
	by Identity
	of []*standing // readers that it concerns; others are found by their ops
}

func (c *accessChange) handle(d *document) {
	var found []*standing
	note := func(st *standing) {
		if st.change != c {
			st.change = c
			found = append(found, st)
		}
	}
	for _, st := range c.of {
		note(st)
	}
	pending := false
	for _, o := range d.order.Pending() {
		eachOf(submitted(o), func(s *submission) {
			if c.about(s.sender.Identity(), d.id) || s.standing.change == c {
				note(s.standing)
				pending = true
			}
		})
	}
	for s := range d.waits.all {
		eachOf(s, func(s *submission) {
			if c.about(s.sender.Identity(), d.id) {
				note(s.standing)
			}
		})
	}
	c.of = nil
	for _, st := range found {
		st.suspend(d, c)
	}
	if pending {
		d.rejudge()
	}
	if c.ended {
		d.resumeKnown()
	}
}

// suspend marks a role as unknown and looks it up. If their sign-in ended they have none, and there is nothing to look up.
func (st *standing) suspend(d *document, c *accessChange) {
	if st.ended = st.ended || c.ended; st.ended {
		st.role, st.known, st.again = access.None, true, st.asking
		return
	}
	st.known, st.change = false, c
	if st.handle != nil {
		st.handle.reader.Withhold(st.handle)
	}
	st.lookUp(d)
}

// lookUp looks the role up in a task. Only one look-up is under way at a time.
func (st *standing) lookUp(d *document) {
	if st.asking {
		st.again = true
		return
	}
	st.asking = true
	who := st.sender.Identity()
	d.jobs.run(func() message {
		r := &roleFound{of: st}
		r.err = d.node.Retry(d.node.rt.Now(), func() (err error) {
			r.role, r.historyFrom, err = d.hub.roles.lookUp(d.node.ctx, who, d.id)
			if err == nil && r.role == access.None {
				r.deleted, err = d.hub.roles.deleted(d.node.ctx, d.id)
			}
			return err
		})
		return r
	})
}

// roleFound is the result of a look-up.
type roleFound struct {
	of          *standing
	role        access.Role
	historyFrom storage.Revision
	deleted     bool // nobody has a role any more, because the document is gone
	err         error
}

func (r *roleFound) handle(d *document) {
	st := r.of
	st.asking = false
	if r.deleted && r.err == nil { // whoever reads is told of that, and not that somebody removed them
		d.vanish()
	}
	switch {
	case st.again && !st.known:
		st.again = false
		st.lookUp(d)
		return
	case st.known: // their sign-in ended meanwhile
		st.again = false
		return
	case r.err != nil:
		d.giveUpOn(st)
		return
	}
	st.role, st.historyFrom, st.known = r.role, r.historyFrom, true
	if st.handle != nil && !st.handle.left {
		st.handle.goOn()
	}
	d.resumeKnown()
}

// goOn lets a reader continue in their role. If that changed they are told, before anything is refused because of it.
func (x *Handle) goOn() {
	by := Identity{}
	if x.standing.change != nil {
		by = x.standing.change.by
	}
	n := Notice(x.d.id, by, x.d.node.rt.Now())
	n.Role, n.Reason = x.standing.role.String(), "role"
	if !x.standing.allows(access.Read) {
		if n.Reason = "removed"; x.lastSentRole != access.None { // else only their requests are refused
			x.reader.Expel(x, noticeFrame(n))
		}
		return
	}
	r := Resumption{}
	if !access.Allows(x.standing.role, access.ReadHistory) {
		r.HistoryFrom = x.standing.historyFrom
	}
	if x.lastSentRole != access.None && x.lastSentRole != x.standing.role {
		r.Notice = noticeFrame(n)
	}
	x.lastSentRole = x.standing.role
	x.reader.Resume(x, r)
	if x.subscribed {
		x.d.subscribers.writes(x, x.standing.allows(access.Write))
		x.closeInTrash()
	}
}

// asker is a message that is allowed or refused by somebody's role.
type asker interface {
	message
	whose() *standing
}

// held keeps m until its sender's role is known, and reports whether it did.
func (d *document) held(m asker) bool {
	st := m.whose()
	if st.known {
		return false
	}
	d.waits.add(forRole, m)
	if !st.asking {
		st.lookUp(d)
	}
	return true
}

// heldBack is held for ops: an op also waits behind earlier ones of its client.
func (d *document) heldBack(s *submission) bool {
	if s.standing.known && (d.waits.count(forRole) == 0 || !d.waits.behind(s)) {
		return false
	}
	if d.crowded() {
		s.undecided()
		return true
	}
	if !d.held(s) {
		d.waits.add(forRole, s)
	}
	return true
}

// resumeKnown handles what waited for roles. What still has to wait is added again.
func (d *document) resumeKnown() {
	for _, m := range d.waits.take(forRole) {
		m.handle(d)
	}
}

// giveUpOn ends the requests that wait for a role that can't be looked up: their sender must ask again (W7). Ops that only waited
// behind these go on.
func (d *document) giveUpOn(st *standing) {
	for _, m := range d.waits.take(forRole) {
		switch m := m.(asker); {
		case m.whose() != st:
			d.waits.add(forRole, m)
		default:
			if s, ok := m.(*submission); ok {
				s.abandon()
				continue
			}
			m.(failer).fail(d)
		}
	}
	if st.handle != nil {
		st.handle.reader.Close(wire.CloseUnavailable, noDatabase)
	}
	d.resumeKnown()
}
