package session

import (
	"context"
	"slices"
	"strings"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// may looks up the session's role on a document, and refuses the request raw with it if that role does not allow action.
// It reports whether the request goes on.
func (s *Session) may(ctx context.Context, v *view, action access.Action, raw string) (access.Role, storage.Revision, bool) {
	role, since, ok := s.role(ctx, v)
	if !ok {
		return role, since, false
	}
	if !access.Allows(role, action) || s.who.ReadOnly && !access.Looks(action) { // of who, only name and colour change
		s.replyError(raw, s.who.Refusal(role, action))
		return role, since, false
	}
	return role, since, true
}

// admitted is what somebody was let in with.
type admitted struct {
	handle *collab.Handle // with a request counted as open
	role   access.Role
	since  storage.Revision
	change uint64 // the change of access up to which that holds
}

// admit is may, and opens the document too, with the request counted as open; a nil handle if it does not go on. Whatever changes
// from then on, the session and the document are told of.
func (s *Session) admit(ctx context.Context, v *view, action access.Action, raw string) (a admitted) {
	for {
		change := s.hub.Changes()
		role, since, ok := s.may(ctx, v, action, raw)
		if !ok {
			return admitted{}
		}
		handle := s.enter(v)
		if handle == nil || s.hub.Changes() == change {
			return admitted{handle, role, since, change}
		}
		v.Done()
	}
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
		err := s.hub.Retry(s.hub.Runtime().Now(), func() (err error) {
			if s.gone() {
				return context.Canceled
			}
			role, since, err = s.hub.Role(ctx, who, v.id)
			return err
		})
		if err != nil {
			if !s.gone() {
				s.Close(wire.CloseUnavailable, noDatabase)
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
	wake := v.handle != nil && !s.left && v.readable() && s.mark(v)
	s.mu.Unlock()
	if wake {
		s.transport.Wake()
	}
}

// Reconsider makes the session look its role on doc up anew ("": on all). Until it is known nothing of what is open is sent.
func (s *Session) Reconsider(doc storage.DocumentID, by collab.Identity) {
	for _, v := range s.forgetRoles(doc) {
		s.hub.Task(func() { s.applyRole(v, by) })
	}
}

// forgetRoles forgets them, and returns the views of what is open.
func (s *Session) forgetRoles(doc storage.DocumentID) (open []*view) {
	s.mu.Lock()
	defer s.mu.Unlock()
	forget := func(v *view) {
		v.missed++
		if v.known = false; v.handle != nil {
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
func (s *Session) applyRole(v *view, by collab.Identity) {
	role, since, ok := s.role(s.hub.Context(), v)
	if !ok {
		return
	}
	n := collab.Notice(v.id, by, s.hub.Runtime().Now())
	n.Role, n.Reason = role.String(), "role"
	if role == access.None {
		n.Reason = "removed"
		s.expel(wire.CloseForbidden, "access was taken away", n)
		return
	}
	changed, past := s.tellRole(v, role, since, n)
	if past {
		s.Close(wire.CloseResync, "older revisions are not for this role")
	}
	if !changed {
		return
	}
	if handle := s.enter(v); handle != nil {
		handle.SetRole(role)
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
		full, wake = s.queueNotice(noticeFrame(n))
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

// Recheck looks up the role of the view's person anew, for ops of theirs that wait. They learn of a change before what they sent is
// refused for it.
func (v *view) Recheck(by collab.Identity) (access.Role, bool) {
	s := v.session
	if s.gone() {
		return access.None, false
	}
	s.applyRole(v, by)
	role, _, ok := s.role(s.hub.Context(), v)
	return role, ok
}

// Forget says that the role is another now, which nobody has to be told.
func (v *view) Forget() {
	s := v.session
	s.forgetRoles(v.id)
	s.hub.Task(func() { s.role(s.hub.Context(), v) })
}
