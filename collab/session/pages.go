package session

import (
	"context"
	"errors"

	"quire/collab"
	"quire/collab/wire"
	"quire/storage"
)

// What a pull may have to wait for: reading the log, and encoding a content. Session.mu is unlocked meanwhile.

// page sends a page of the log.
func (p *puller) page(v *view, from, to storage.Revision) (reached storage.Revision, ok bool) {
	s, handle := p.s, v.handle
	handle.Retain()
	s.mu.Unlock()
	ops, err := p.readPage(handle, from, to, min(max(p.budget, 1), s.node.Limits().PageBytes))
	s.mu.Lock()
	handle.Release()
	if err != nil || s.left || s.closed || !v.readable {
		return from, false
	}
	for _, op := range ops {
		if own, ok := v.takeAck(from); ok {
			p.emit(ackFrame(string(v.id), own.at, own.client, own.seq))
		} else {
			p.emit(handle.Frame(from, op))
		}
		from++
	}
	return from, true
}

// readPage reads from the log. If the store does not answer in time it closes the session (W7).
func (p *puller) readPage(handle *collab.Handle, from, to storage.Revision, bytes int) (ops []storage.Op, err error) {
	s := p.s
	err = s.node.Retry(s.node.Runtime().Now(), func() (err error) {
		if s.gone() {
			return context.Canceled
		}
		ops, err = handle.Page(s.node.Context(), from, to, bytes)
		return err
	})
	switch {
	case err == nil && len(ops) == 0:
		err = collab.ErrDamaged
		s.Close(wire.CloseResync, "the log is shorter than it was")
	case errors.Is(err, storage.ErrDeleted), errors.Is(err, storage.ErrNotFound):
		s.Close(wire.CloseDeleted, "the document was deleted")
	case err != nil && !s.gone():
		s.Close(wire.CloseUnavailable, noDatabase)
	}
	return ops, err
}

// snapshot sends a snapshot and returns its revision. If too much is being sent to the same person, or to all, it waits.
func (p *puller) snapshot(v *view, it item) (storage.Revision, bool) {
	s, handle := p.s, v.handle
	sending := s.outbox.hold()
	waiting, cancel := context.WithCancel(s.working())
	handle.Retain()
	s.mu.Unlock()
	tooLong := s.node.Runtime().After(s.node.Limits().StoreWait, cancel)
	g, err := handle.Encode(waiting, s.who.User, it.content, it.action, sending)
	tooLong()
	cancel()
	if err != nil && !s.gone() {
		s.Close(wire.CloseOverloaded, "too many large documents are being read")
	}
	s.mu.Lock()
	handle.Release()
	if g == nil {
		return 0, false
	}
	if s.left || s.closed || !v.readable {
		sending.Drop(g.Held)
		return 0, false
	}
	p.emit(g.Frame)
	return g.At, true
}
