package session

import (
	"context"
	"errors"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// pastRequest is nf or nt: a document as it was.
type pastRequest struct {
	action  wire.Action
	id      string // of the request, as JSON
	doc     string
	version wire.Version
	millis  int64
}

// receivePast answers from the log in a task of its own; the answer finds its request by id, so no order is needed.
func (s *Session) receivePast(ctx context.Context, raw string, r pastRequest) {
	if _, ok := s.mayReadHistory(ctx, r.doc, raw); !ok {
		return
	}
	s.mu.Lock()
	s.open++
	s.mu.Unlock()
	s.hub.Task(func() {
		defer s.done()
		at, when := collab.Revision(r.version), time.Time{}
		if r.millis != wire.NoTime {
			when = time.UnixMilli(r.millis)
		}
		snapshot, trashed, err := s.hub.Past(storage.DocumentID(r.doc), at, when)
		role, ok := s.mayReadHistory(s.hub.Context(), r.doc, raw) // it took its time: does it still hold?
		if !ok {
			return
		}
		if trashed && !access.Allows(role, access.Trash) {
			s.replyError(raw, collab.Forbidden())
			return
		}
		if err != nil {
			s.replyError(raw, pastError(err))
			return
		}
		size := 256
		if f, ok := snapshot.Content.(interface{ Len() int }); ok {
			size += f.Len()
		}
		s.reply(wire.Seal(wire.AppendPast(wire.Begin(size), r.action, r.id, snapshot)))
	})
}

// mayReadHistory looks the session's role on a document up, and refuses the request raw if it is not enough.
func (s *Session) mayReadHistory(ctx context.Context, doc, raw string) (role access.Role, ok bool) {
	err := s.hub.Retry(s.hub.Runtime().Now(), func() (err error) {
		if s.gone() {
			return context.Canceled
		}
		role, _, err = s.hub.Role(ctx, s.Identity(), storage.DocumentID(doc))
		return err
	})
	switch {
	case err == nil && access.Allows(role, access.ReadHistory):
		return role, true
	case err == nil:
		s.replyError(raw, s.who.Refusal(role, access.ReadHistory)) // of who, only name and colour change
	case !s.gone():
		s.Close(wire.CloseUnavailable, noDatabase)
	}
	return role, false
}

// done ends a request that belongs to no document's view.
func (s *Session) done() {
	s.mu.Lock()
	s.answered()
	s.mu.Unlock()
}

func pastError(err error) *wire.Error {
	switch {
	case errors.Is(err, storage.ErrAhead):
		return wire.Errorf(wire.CodeNewerThanHead, "the document has no such version yet")
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrDeleted):
		return wire.Errorf(wire.CodeDoesNotExist, "there is no such document")
	}
	return wire.Errorf(wire.CodeUnknown, "the document's history cannot be read now")
}
