package session

import "quire/collab/wire"

func (s *Session) gone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left || s.closed
}

// Close asks the transport to close the connection. Only the first call counts.
func (s *Session) Close(code wire.CloseCode, reason string) {
	s.mu.Lock()
	first := !s.closed && !s.left
	s.closed = true
	s.endWork()
	s.mu.Unlock()
	if first {
		s.node.LogClosed(s.who.User, code, reason)
		s.transport.Close(code, reason)
	}
}

// Expel closes the session and drops what is queued. Refusals from now on are still sent.
func (s *Session) Expel(code wire.CloseCode, reason string) { s.expel(code, reason) }

// expel is Expel with a last notice.
func (s *Session) expel(code wire.CloseCode, reason string, last ...wire.Frame) {
	s.mu.Lock()
	if s.expelled {
		s.mu.Unlock()
		return
	}
	s.expelled = true
	s.outbox.sentReplies(len(s.outbox.replies))
	wake := false
	for _, f := range last {
		_, wake = s.notice(f)
	}
	s.mu.Unlock()
	s.after(false, wake)
	s.Close(code, reason)
}

// Leave releases all that the session holds, and announces its presences as gone. It may be called more than once, from any goroutine.
func (s *Session) Leave() {
	s.mu.Lock()
	if s.left {
		s.mu.Unlock()
		return
	}
	s.left = true
	s.endWork()
	s.throttle.release()
	s.outbox.drop()
	leaving := s.views.opened()
	for _, v := range leaving {
		v.items, v.live, v.acks = nil, false, nil
		v.asked() // until the document has removed the reader
	}
	s.mu.Unlock()
	for _, v := range leaving {
		v.handle.Leave(v.letGo)
	}
	s.hub.Left(s)
}
