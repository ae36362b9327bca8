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
	v := s.view(r.doc)
	if _, _, ok := s.may(ctx, v, access.ReadHistory, raw); !ok {
		return
	}
	s.mu.Lock()
	v.open++ // so that changes of access find it
	s.open++
	s.mu.Unlock()
	s.hub.Task(func() {
		defer v.Done()
		at, when := collab.Revision(r.version), time.Time{}
		if r.millis != wire.NoTime {
			when = time.UnixMilli(r.millis)
		}
		snapshot, trashed, err := s.hub.Past(storage.DocumentID(r.doc), at, when)
		role, _, ok := s.may(s.hub.Context(), v, access.ReadHistory, raw) // it took its time: does it still hold?
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

func pastError(err error) *wire.Error {
	switch {
	case errors.Is(err, storage.ErrAhead):
		return wire.Errorf(wire.CodeNewerThanHead, "the document has no such version yet")
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrDeleted):
		return wire.Errorf(wire.CodeDoesNotExist, "there is no such document")
	}
	return wire.Errorf(wire.CodeUnknown, "the document's history cannot be read now")
}
