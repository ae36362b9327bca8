package session

import (
	"context"
	"time"

	"quire/collab"
)

// throttle lets a session pay for a frame with time, beyond a second's worth in advance, and waits while too many of its
// requests are unanswered.
func (s *Session) throttle(ctx context.Context, bytes int) error {
	l := s.hub.Limits()
	now := s.hub.Runtime().Now()
	if s.paid.Before(now.Add(-time.Second)) {
		s.paid = now.Add(-time.Second)
	}
	s.paid = s.paid.Add(time.Second/time.Duration(l.FramesPerSec) + time.Duration(bytes)*time.Second/time.Duration(l.BytesPerSec))
	if ahead := s.paid.Sub(now); ahead > 0 {
		if err := collab.Sleep(ctx, s.hub.Runtime(), ahead); err != nil {
			return err
		}
	}
	for {
		s.mu.Lock()
		if s.open < l.Outstanding && s.openBytes < l.OutstandingBytes || s.left {
			s.mu.Unlock()
			return nil
		}
		if s.room == nil {
			s.room = make(chan struct{})
		}
		room := s.room
		s.mu.Unlock()
		if err := s.hub.Runtime().Wait(ctx, room); err != nil {
			return err
		}
	}
}

// answered notes that one request is. Session.mu is held.
func (s *Session) answered() {
	s.open--
	l := s.hub.Limits()
	if s.room != nil && (s.open <= l.Outstanding/2 && s.openBytes <= l.OutstandingBytes/2 || s.left) {
		close(s.room)
		s.room = nil
	}
}
