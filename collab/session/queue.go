package session

import (
	"quire/collab/wire"
)

func (s *Session) gone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left || s.closed
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
	s.reply(wire.SealError(raw, e))
}

// enqueued counts bytes that wait to be read, and reports whether they are too many: one frame of any size is not (W2).
// Session.mu is held.
func (s *Session) enqueued(bytes int) bool {
	before := s.queued
	s.queued += bytes
	return s.queued > s.hub.Limits().ReplyBytes && before > 0 && bytes > 0
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
		s.Close(wire.CloseSlow, "answers are not read")
	}
	if wake {
		s.transport.Wake()
	}
}

// Close asks the transport to end, once.
func (s *Session) Close(code wire.CloseCode, reason string) {
	s.mu.Lock()
	first := !s.closed && !s.left
	s.closed = true
	s.mu.Unlock()
	if first {
		s.hub.LogClosed(s.who.User, code, reason)
		s.transport.Close(code, reason)
	}
}

// Expel ends the session at once: of what waits nothing is sent, but for what is refused now.
func (s *Session) Expel(code wire.CloseCode, reason string) { s.expel(code, reason) }

// expel is Expel with a last notice.
func (s *Session) expel(code wire.CloseCode, reason string, last ...wire.Frame) {
	s.mu.Lock()
	if s.expelled {
		s.mu.Unlock()
		return
	}
	s.expelled = true
	for _, f := range s.replies {
		s.queued -= f.Len()
	}
	s.replies = nil
	wake := false
	for _, notice := range last {
		_, wake = s.queueNotice(notice)
	}
	s.mu.Unlock()
	s.after(false, wake)
	s.Close(code, reason)
}

// queueNotice puts a frame among the replies of a Quire client. Session.mu is held.
func (s *Session) queueNotice(f wire.Frame) (full, wake bool) {
	if !s.quire || s.left || s.closed {
		return false, false
	}
	s.replies = append(s.replies, f)
	return s.enqueued(f.Len()), s.signal()
}
