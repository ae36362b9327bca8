package session

import (
	"context"
	"errors"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// enter returns the handle and counts a request as unanswered. It returns nil if the document is not open or the session is over.
func (v *view) enter() *collab.Handle {
	s := v.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if v.handle == nil || s.left || s.closed {
		return nil
	}
	v.asked()
	return v.handle
}

// admit is enter, but opens the document if need be. If their role does not allow reading it refuses the request raw and returns nil.
func (v *view) admit(ctx context.Context, raw string) *collab.Handle {
	handle, err := v.enterOrOpen(ctx)
	if err != nil {
		v.session.replyError(raw, err)
	}
	return handle
}

// enterOrOpen is admit, but returns the refusal. It returns neither a handle nor an error if the session is over.
func (v *view) enterOrOpen(ctx context.Context) (*collab.Handle, *wire.Error) {
	s := v.session
	if handle := v.enter(); handle != nil || s.gone() {
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
		v.asked()
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

// view returns the session's view of a document. It makes one if there is none.
func (s *Session) view(doc string) *view {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := storage.DocumentID(doc)
	v := s.views.byID[id]
	if v == nil {
		v = &view{session: s, id: id}
		s.views.add(v)
	}
	return v
}
