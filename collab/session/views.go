package session

import (
	"maps"
	"slices"
	"strings"

	"quire/collab"
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
		v.handle.Leave(v.letGo)
	}
	s.hub.Left(s)
}

// letGo: the document has taken the reader out.
func (v *view) letGo() {
	s := v.session
	s.mu.Lock()
	defer s.mu.Unlock()
	v.holds = 0
	v.answered()
	v.releaseIfIdle()
}

// opened gives the views that have a document, by its id. Session.mu is held.
func (s *Session) opened() (views []*view) {
	for _, v := range s.views {
		if v.handle != nil {
			views = append(views, v)
		}
	}
	slices.SortFunc(views, func(a, b *view) int { return strings.Compare(string(a.id), string(b.id)) })
	return views
}

// enter returns the session's handle on a document with a request to it counted as open, or nil if that cannot be.
func (s *Session) enter(v *view) *collab.Handle {
	s.mu.Lock()
	if s.left || s.closed {
		s.mu.Unlock()
		return nil
	}
	if v.handle == nil {
		s.mu.Unlock()
		handle, err := s.hub.Open(v.id, v)
		if err != nil {
			s.Close(closeOf(err), err.Error())
			return nil
		}
		s.mu.Lock()
		if s.left || v.handle != nil {
			s.mu.Unlock()
			handle.Release()
			return s.enter(v)
		}
		v.handle = handle
	}
	v.open++
	s.open++
	handle := v.handle
	s.mu.Unlock()
	return handle
}

func closeOf(err error) wire.CloseCode {
	if err == collab.ErrDraining {
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
	maps.DeleteFunc(s.views, func(_ storage.DocumentID, v *view) bool { return v.handle == nil && v.open == 0 })
	s.pruneAt = max(keptViews, 2*len(s.views))
}
