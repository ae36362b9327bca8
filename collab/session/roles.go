package session

import (
	"quire/collab"
	"quire/collab/wire"
	"quire/storage"
)

// Handles returns the handles on doc ("": on all documents), each with a reference (Retain).
func (s *Session) Handles(doc storage.DocumentID) (handles []*collab.Handle) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left {
		return nil
	}
	for _, v := range s.views.opened() {
		if doc == "" || doc == v.id {
			v.handle.Retain()
			handles = append(handles, v.handle)
		}
	}
	return handles
}

// Withhold stops sending anything of the document until Resume.
func (v *view) Withhold(of *collab.Handle) {
	v.session.mu.Lock()
	if v.handle == of {
		v.readable = false
	}
	v.session.mu.Unlock()
}

// Resume continues to send the document's frames. If ops are owed that the role may not read, the session ends, and its client fetches
// the document anew.
func (v *view) Resume(of *collab.Handle, r collab.Resumption) {
	s := v.session
	s.mu.Lock()
	if v.handle != of {
		s.mu.Unlock()
		return
	}
	v.readable = true
	tooOld := v.owesBefore(r.HistoryFrom)
	full, wake := false, false
	if r.Notice.Len() > 0 {
		full, wake = s.notice(r.Notice)
	}
	wake = !s.left && s.outbox.queue(v) || wake
	s.mu.Unlock()
	if tooOld {
		s.Close(wire.CloseResync, "older revisions are not for this role")
	}
	s.after(full, wake)
}

// owesBefore reports whether ops from before a revision are still to be sent (W8). Session.mu is held.
func (v *view) owesBefore(first storage.Revision) bool {
	for _, it := range v.items {
		if it.from < it.to && it.from < first {
			return true
		}
	}
	return v.live && v.cursor < first
}

// Expel ends the session, because access to the document was taken away.
func (v *view) Expel(of *collab.Handle, notice wire.Frame) {
	v.session.mu.Lock()
	open := v.handle == of
	v.session.mu.Unlock()
	if !open {
		return
	}
	v.session.expel(wire.CloseForbidden, "access was taken away", notice)
}
