package collab

import (
	"context"
	"maps"
	"slices"
	"strings"

	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// Leave ends the session: idempotent, from any goroutine. Its presences are announced as gone.
func (s *Session) Leave() {
	s.mu.Lock()
	if s.left {
		s.mu.Unlock()
		return
	}
	s.left = true
	if s.room != nil {
		close(s.room)
		s.room = nil
	}
	s.sending.End()
	s.replies, s.dirty, s.shown, s.showing = nil, nil, nil, nil
	leaving := s.opened()
	for _, v := range leaving {
		v.items, v.live, v.acks = nil, false, nil
		v.open++ // until the document has let it go
		s.open++
	}
	s.mu.Unlock()
	for _, v := range leaving {
		v.doc.post(leave{v})
	}
	s.hub.forget(s)
}

// opened gives the views that have a document, by its id. Session.mu is held.
func (s *Session) opened() (views []*view) {
	for _, v := range s.views {
		if v.doc != nil {
			views = append(views, v)
		}
	}
	slices.SortFunc(views, func(a, b *view) int { return strings.Compare(string(a.id), string(b.id)) })
	return views
}

// leave takes a view out of its document.
type leave struct{ v *view }

func (m leave) handle(d *document) {
	if !d.wait(m) {
		m.fail(d)
	}
}

// fail does the same without waiting.
func (m leave) fail(d *document) {
	d.unsubscribe(m.v)
	d.leaveChannel(m.v)
	d.dropCarets(m.v)
	s := m.v.session
	s.mu.Lock()
	m.v.holds = 0
	m.v.answered()
	m.v.releaseIfIdle()
	s.mu.Unlock()
}

// enter gives the session's view of a document with a request to it counted as open, or nil if that cannot be.
func (s *Session) enter(v *view) *document {
	s.mu.Lock()
	if s.left || s.closed {
		s.mu.Unlock()
		return nil
	}
	if v.doc == nil {
		s.mu.Unlock()
		d, err := s.hub.acquire(v.id)
		if err != nil {
			s.close(closeOf(err), err.Error())
			return nil
		}
		s.mu.Lock()
		if s.left || v.doc != nil {
			s.mu.Unlock()
			s.hub.release(d)
			return s.enter(v)
		}
		v.doc = d
	}
	v.open++
	s.open++
	d := v.doc
	s.mu.Unlock()
	return d
}

func closeOf(err error) wire.CloseCode {
	if err == ErrDraining {
		return wire.CloseRestarting
	}
	return wire.CloseOverloaded
}

// view finds what the session has of a document, or begins it.
func (s *Session) view(doc string) *view {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := storage.DocumentID(doc)
	if v := s.views[id]; v != nil {
		return v
	}
	if s.views == nil {
		s.views = make(map[storage.DocumentID]*view, 1)
	}
	v := &view{session: s, id: id}
	s.views[id] = v
	return v
}

// keptViews is how many documents' roles a session remembers beside those it has open.
const keptViews = 64

// prune forgets the roles on documents that are not open, once they are many. Only whoever reads from the client begins views
// and forgets them, and the latter only between two messages and when nothing is under way: a view that a request works with is
// one that changes of access find.
func (s *Session) prune() {
	if len(s.views) < s.pruneAt { // nobody else writes it
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.views, func(_ storage.DocumentID, v *view) bool { return v.doc == nil && v.open == 0 })
	s.pruneAt = max(keptViews, 2*len(s.views))
}

// may looks up the session's role on a document, and refuses the request raw with it if that role does not allow action.
// It reports whether the request goes on.
func (s *Session) may(ctx context.Context, v *view, action access.Action, raw string) (access.Role, storage.Revision, bool) {
	role, since, ok := s.role(ctx, v)
	if !ok {
		return role, since, false
	}
	if !access.Allows(role, action) || s.who.ReadOnly && !access.Looks(action) { // of who, only name and colour change
		s.replyError(raw, s.who.refusal(role, action))
		return role, since, false
	}
	return role, since, true
}

// admitted is what somebody was let in with.
type admitted struct {
	document *document
	role     access.Role
	since    storage.Revision
	change   uint64 // the change of access up to which that holds
}

// admit is may, and gives the document too, with the request counted as open; nil if it does not go on. Whatever changes
// from then on, the session and the document are told of.
func (s *Session) admit(ctx context.Context, v *view, action access.Action, raw string) (a admitted) {
	for {
		change := s.hub.changes.Load()
		role, since, ok := s.may(ctx, v, action, raw)
		if !ok {
			return admitted{}
		}
		d := s.enter(v)
		if d == nil || s.hub.changes.Load() == change {
			return admitted{d, role, since, change}
		}
		v.done()
	}
}

func forbidden() *wire.Error {
	return wire.Errorf(wire.CodeForbidden, "you have no access to this, or there is no such document")
}

// role looks up the session's role on a document; cached until it changes. ok is false if the session ended over it.
func (s *Session) role(ctx context.Context, v *view) (access.Role, storage.Revision, bool) {
	for {
		s.mu.Lock()
		role, since, known, missed, who := v.role, v.since, v.known, v.missed, s.who
		s.mu.Unlock()
		if known {
			return role, since, true
		}
		err := s.hub.retry(s.hub.rt.Now(), func() (err error) {
			if s.gone() {
				return context.Canceled
			}
			role, since, err = s.hub.lookUp(ctx, who, v.id)
			return err
		})
		if err != nil {
			if !s.gone() {
				s.close(wire.CloseUnavailable, noDatabase)
			}
			return access.None, 0, false
		}
		s.know(v, role, since, missed)
	}
}

// know keeps a role that was looked up, unless a change has overtaken it, and lets what was held back for it go on.
func (s *Session) know(v *view, role access.Role, since storage.Revision, missed int) {
	s.mu.Lock()
	if v.missed != missed {
		s.mu.Unlock()
		return
	}
	v.role, v.since, v.known = role, since, true
	if !v.met {
		v.told, v.met = role, true
	}
	wake := v.doc != nil && !s.left && v.readable() && s.mark(v)
	s.mu.Unlock()
	if wake {
		s.transport.Wake()
	}
}
