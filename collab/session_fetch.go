package collab

import (
	"context"
	"slices"

	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// fetchRequest is f, s, or a part of bf or bs.
type fetchRequest struct {
	view      *view
	raw       string
	action    wire.Action // f or s
	from      storage.Revision
	role      access.Role
	bulk      *bulk
	bulkIndex int
	looked    bool // the log was looked at for from, which was beyond the head
}

func (s *Session) receiveFetch(ctx context.Context, raw string, action wire.Action, doc string, version wire.Version) {
	v := s.view(doc)
	a := s.admit(ctx, v, access.Read, raw)
	if a.document == nil {
		return
	}
	if err := tooOld(a.role, a.since, version); err != nil {
		s.replyError(raw, err)
		v.done()
		return
	}
	a.document.post(&fetchRequest{view: v, raw: raw, action: action, from: revision(version), role: a.role})
}

// tooOld refuses ops from before somebody's access to those who may not read history (W8).
func tooOld(role access.Role, since storage.Revision, version wire.Version) *wire.Error {
	if version == wire.NoVersion || storage.Revision(version) >= since || access.Allows(role, access.ReadHistory) {
		return nil
	}
	return wire.Errorf(wire.CodeForbidden, "version %d is from before you had access: fetch the document anew", version)
}

// handle answers with ops or a snapshot, and begins the subscription at exactly the revision where the answer ends.
func (r *fetchRequest) handle(d *document) {
	if d.wait(r) || d.unsure(r) {
		return
	}
	head := d.order.Head()
	switch {
	case r.from != storage.Newest && r.view.session.pastKnown() < d.past:
		r.view.done()
		r.view.session.close(wire.CloseResync, backInTime)
		return
	case d.hides(r.role):
		r.refuse(forbidden())
		return
	case d.state == docDeleted:
		r.refuse(wire.Errorf(wire.CodeWasDeleted, "the document was deleted for good"))
		return
	case d.state == docDamaged:
		r.refuse(wire.Errorf(wire.CodeOpsNotFound, "the document's history is damaged"))
		return
	case r.from > head && d.lookAhead(r, &r.looked):
		return
	case r.from > head:
		r.refuse(wire.Errorf(wire.CodeNewerThanHead, "version %d is newer than the document's, which is %d", r.from, head))
		return
	case r.assureOwn(d):
		return
	}
	it := item{bulk: r.bulk, part: r.bulkIndex, from: r.from, to: head}
	if r.from == storage.Newest {
		it.from = head
		order := &snapshotOrder{r.action, d.freeze(), head}
		if r.bulk != nil {
			r.bulk.parts[r.bulkIndex].snapshot = order
		} else {
			it.snapshot = order
		}
	} else if r.bulk == nil {
		it.frame = wire.Seal(wire.AppendReply(wire.Begin(len(d.id)+48), r.action, string(d.id)))
	}
	subscribe := r.action == wire.ActionSubscribe && !r.view.session.hasLeft()
	if subscribe {
		it.begins = true
		d.subscribe(r.view, head, r.role)
	}
	r.view.answer(it, true)
	if subscribe {
		d.introduce(r.view, r.role)
	}
}

func (r *fetchRequest) refuse(err *wire.Error) {
	if r.bulk == nil { // in its place: answers to f find their requests by order
		frame := wire.Seal(wire.AppendError(wire.Begin(len(r.raw)+len(err.Message)+64), r.raw, err))
		r.view.answer(item{frame: frame}, true)
		return
	}
	r.view.done()
	r.bulk.refused(r.bulkIndex, err)
}

// fail ends the session: the document could not be loaded in time (W7).
func (r *fetchRequest) fail(*document) { r.view.unavailable() }

// subscribe makes v a reader of the live ops from a revision on.
func (d *document) subscribe(v *view, from storage.Revision, role access.Role) {
	v.subFrom = from
	v.who = d.hub.personOf(v.session, role)
	if v.subscribed {
		return
	}
	v.subscribed = true
	d.subs = append(d.subs, v)
	v.hold(1)
	d.peopleChanged = true
}

func (d *document) unsubscribe(v *view) {
	if !v.subscribed {
		return
	}
	v.subscribed = false
	if i := slices.Index(d.subs, v); i >= 0 {
		d.subs = slices.Delete(d.subs, i, i+1)
	}
	v.hold(-1)
	d.peopleChanged = true
}

// introduce tells a Quire client what the document is, behind the answer to its subscription.
func (d *document) introduce(v *view, role access.Role) {
	s := v.session
	s.mu.Lock()
	quire := s.quire
	s.mu.Unlock()
	if !quire || d.state != docLive {
		return
	}
	trashed := d.info.Trashed()
	notice := wire.DocNotice{Doc: string(d.id), Title: &d.info.Title, Role: role.String(), Trashed: &trashed}
	v.answer(item{frame: wire.Seal(wire.AppendDocNotice(wire.Begin(128+len(d.info.Title)), notice))}, false)
}

func (s *Session) receiveUnsubscribe(m *wire.Unsubscribe) {
	v := s.view(m.Doc)
	frame := wire.Seal(wire.AppendReply(wire.Begin(len(m.Doc)+48), wire.ActionUnsubscribe, m.Doc))
	s.mu.Lock()
	none := v.doc == nil
	s.mu.Unlock()
	if none {
		s.reply(frame)
		return
	}
	if d := s.enter(v); d != nil {
		d.post(&unsubscribeRequest{v, frame})
	}
}

type unsubscribeRequest struct {
	view  *view
	frame wire.Frame
}

func (r *unsubscribeRequest) handle(d *document) {
	if !d.wait(r) {
		d.unsubscribe(r.view)
		r.view.answer(item{frame: r.frame, ends: true}, true)
	}
}

func (r *unsubscribeRequest) fail(*document) { r.view.unavailable() }
