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

// pastRequest is nf or nt: a document at an earlier revision or time.
type pastRequest struct {
	session *Session
	raw     string
	action  wire.Action
	id      string // of the request, as JSON
	doc     string
	version wire.Version
	millis  int64
}

// receive answers from the log, in a task. Clients match the answer with the request by id, so the order does not matter. It blocks
// while too many tasks of the same person wait for their turn. A task whose session has ended is not begun, or stops.
func (r *pastRequest) receive(ctx context.Context) {
	if _, ok := r.mayReadHistory(ctx); !ok {
		return
	}
	s := r.session
	turn, err := s.node.Queue(ctx, s.who.User)
	if err != nil {
		return
	}
	s.mu.Lock()
	s.throttle.requests++
	working := s.working()
	s.mu.Unlock()
	s.node.Task(func() {
		defer turn.Leave()
		if turn.Enter(working, s.node.Runtime().Wait) == nil {
			r.answer(working)
		}
		s.mu.Lock()
		s.throttle.answered()
		s.mu.Unlock()
	})
}

func (r *pastRequest) answer(ctx context.Context) {
	s, at, when := r.session, collab.Revision(r.version), time.Time{}
	if r.millis != wire.NoTime {
		when = time.UnixMilli(r.millis)
	}
	snapshot, trashed, err := s.hub.Past(ctx, storage.DocumentID(r.doc), at, when)
	role, ok := r.mayReadHistory(ctx) // again, since reading may take long
	switch {
	case !ok:
		return
	case trashed && !access.Allows(role, access.Trash):
		s.replyError(r.raw, collab.Forbidden())
		return
	case err != nil:
		s.replyError(r.raw, pastError(err))
		return
	}
	size := 256
	if f, ok := snapshot.Content.(interface{ Len() int }); ok {
		size += f.Len()
	}
	if !s.replyLarge(wire.Seal(wire.AppendPast(wire.Begin(size), r.action, r.id, snapshot))) {
		s.replyError(r.raw, wire.Errorf(wire.CodeUnknown, "too much that you asked for is still on its way: read that first"))
	}
}

// mayReadHistory looks up the session's role on the document, and refuses the request if it is too low.
func (r *pastRequest) mayReadHistory(ctx context.Context) (role access.Role, ok bool) {
	s := r.session
	err := s.node.Retry(s.node.Runtime().Now(), func() (err error) {
		if s.gone() {
			return context.Canceled
		}
		role, _, err = s.hub.Role(ctx, s.Identity(), storage.DocumentID(r.doc))
		return err
	})
	switch {
	case err == nil && access.Allows(role, access.ReadHistory):
		return role, true
	case err == nil:
		s.replyError(r.raw, s.who.Refusal(role, access.ReadHistory)) // of who, only name and colour change
	case !s.gone():
		s.Close(wire.CloseUnavailable, noDatabase)
	}
	return role, false
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
