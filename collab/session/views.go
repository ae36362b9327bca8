package session

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"quire/collab"
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

// opened returns the views that have a document, by its id. Session.mu is held.
func (s *Session) opened() (views []*view) {
	for _, v := range s.views {
		if v.handle != nil {
			views = append(views, v)
		}
	}
	slices.SortFunc(views, func(a, b *view) int { return strings.Compare(string(a.id), string(b.id)) })
	return views
}

// enter returns the session's handle on a document with a request to it counted as open; nil: it is not open, or the session is over.
func (s *Session) enter(v *view) *collab.Handle {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v.handle == nil || s.left || s.closed {
		return nil
	}
	v.open++
	s.open++
	return v.handle
}

// admit is enter, and opens the document where it is not open. Without a role the request raw is refused: to whom a document may not
// be shown, it is as if it were not there.
func (s *Session) admit(ctx context.Context, v *view, raw string) *collab.Handle {
	handle, err := s.openFor(ctx, v)
	if err != nil {
		s.replyError(raw, err)
	}
	return handle
}

// openFor is enter for a document that may not be open. It returns neither a handle nor an error if the session is over.
func (s *Session) openFor(ctx context.Context, v *view) (*collab.Handle, *wire.Error) {
	if handle := s.enter(v); handle != nil || s.gone() {
		return handle, nil
	}
	var in *collab.Handle
	role, err := s.hub.Open(ctx, v.id, v, s.gone, func(handle *collab.Handle) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.left || s.closed {
			return false
		}
		v.handle, v.readable = handle, true
		v.open++
		s.open++
		in = handle
		return true
	})
	switch {
	case in != nil:
		return in, nil
	case errors.Is(err, collab.ErrDraining):
		s.Close(wire.CloseRestarting, err.Error())
	case errors.Is(err, collab.ErrOverloaded):
		s.Close(wire.CloseOverloaded, err.Error())
	case err != nil && !s.gone():
		s.Close(wire.CloseUnavailable, noDatabase)
	case err == nil && !access.Allows(role, access.Read):
		return nil, collab.Forbidden()
	}
	return nil, nil
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

// keptViews is of how many documents that are not open a session remembers something.
const keptViews = 64

// prune forgets documents that are not open, once they are many. Only whoever reads from the client begins views and forgets them,
// and the latter only between two messages and when nothing is under way.
func (s *Session) prune() {
	if len(s.views) < s.pruneAt { // nobody else writes it
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.views, func(_ storage.DocumentID, v *view) bool { return v.handle == nil && v.open == 0 })
	s.pruneAt = max(keptViews, 2*len(s.views))
}
