package collab

import (
	"quire/collab/wire"
)

// answered notes that one request is. Session.mu is held.
func (s *Session) answered() {
	s.open--
	l := &s.hub.limits
	if s.room != nil && (s.open <= l.Outstanding/2 && s.openBytes <= l.OutstandingBytes/2 || s.left) {
		close(s.room)
		s.room = nil
	}
}

func (s *Session) gone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left || s.closed
}

// hasLeft: what a document is still asked for such a session has no effect; its leave may have been handled already.
func (s *Session) hasLeft() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left
}

// reply queues a frame that belongs to no document's stream.
func (s *Session) reply(f wire.Frame) {
	s.mu.Lock()
	if s.left {
		s.mu.Unlock()
		return
	}
	s.replies = append(s.replies, f)
	full := s.enqueued(f.Len())
	wake := s.signal()
	s.mu.Unlock()
	s.after(full, wake)
}

func (s *Session) replyError(raw string, e *wire.Error) {
	s.reply(wire.Seal(wire.AppendError(wire.Begin(len(raw)+len(e.Message)+64), raw, e)))
}

// enqueued counts bytes that wait to be read, and reports whether they are too many: one frame of any size is not (W2).
// Session.mu is held.
func (s *Session) enqueued(bytes int) bool {
	before := s.queued
	s.queued += bytes
	return s.queued > s.hub.limits.ReplyBytes && before > 0 && bytes > 0
}

// mark puts v among the views with something to send, and reports whether the transport must be woken. Session.mu is held.
func (s *Session) mark(v *view) bool {
	if !v.dirty {
		v.dirty = true
		s.dirty = append(s.dirty, v)
	}
	return s.signal()
}

// signal reports whether the transport must be woken: not again before it pulled. Session.mu is held.
func (s *Session) signal() bool {
	wake := !s.signalled
	s.signalled = true
	return wake
}

// after does what must not be done under the lock.
func (s *Session) after(full, wake bool) {
	if full {
		s.close(wire.CloseSlow, "answers are not read")
	}
	if wake {
		s.transport.Wake()
	}
}

// close asks the transport to end, once.
func (s *Session) close(code wire.CloseCode, reason string) {
	s.mu.Lock()
	first := !s.closed && !s.left
	s.closed = true
	s.mu.Unlock()
	if first {
		s.hub.log.Info("session closed", "user", s.who.User, "code", int(code), "reason", reason)
		s.transport.Close(code, reason)
	}
}
