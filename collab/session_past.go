package collab

import (
	"context"
	"errors"
	"sort"
	"time"

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
	s.hub.task(func() {
		defer v.done()
		var snapshot wire.Snapshot
		var trashed bool
		var err error
		s.hub.helpers.do(s.hub, func() { snapshot, trashed, err = s.hub.past(s.hub.ctx, r) })
		role, _, ok := s.may(s.hub.ctx, v, access.ReadHistory, raw) // it took its time: does it still hold?
		if !ok {
			return
		}
		if trashed && !access.Allows(role, access.Trash) {
			s.replyError(raw, forbidden())
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

func (h *Hub) past(ctx context.Context, r pastRequest) (snapshot wire.Snapshot, trashed bool, err error) {
	doc, at := storage.DocumentID(r.doc), revision(r.version)
	if r.millis != wire.NoTime {
		if at, err = h.revisionAt(ctx, doc, time.UnixMilli(r.millis)); err != nil {
			return snapshot, false, err
		}
	}
	found, err := h.replay(ctx, doc, at)
	if err != nil {
		return snapshot, false, err
	}
	snapshot.Version = wire.Version(found.at)
	if found.tree != nil {
		snapshot.Content = found.tree.Freeze()
	}
	return snapshot, found.Document.Trashed(), nil
}

// revisionAt finds the last revision reached by a time: by halving, an op a step.
func (h *Hub) revisionAt(ctx context.Context, doc storage.DocumentID, when time.Time) (storage.Revision, error) {
	head, err := h.store.Head(ctx, doc)
	if err != nil {
		return 0, err
	}
	later := sort.Search(int(head.Revision), func(i int) bool {
		if err != nil {
			return false
		}
		var ops []storage.Op
		ops, err = h.store.Read(ctx, doc, storage.Revision(i), storage.Revision(i)+1, 0)
		return err == nil && len(ops) == 1 && ops[0].At.After(when)
	})
	return storage.Revision(later), err
}
