package session

import (
	"quire/collab/budget"
	"quire/collab/wire"
)

// outbox holds what a session has to send: replies first, then the views in turn, then carets. It is used under Session.mu.
type outbox struct {
	limit     int          // of bytes
	bytes     int          // of replies, and of the views' items
	replies   []wire.Frame // in order
	views     []*view      // that may have something to send
	carets    carets
	sending   *budget.Owner // holds the snapshots that the last Pull returned; nil: there were none
	large     *budget.Owner // holds large replies until all replies are sent; nil: there are none
	signalled bool          // the transport was woken and has not pulled yet
}

// count adds to the bytes that wait to be sent, and reports whether they are too many. A single frame of any size is not (W2).
func (o *outbox) count(bytes int) (full bool) {
	before := o.bytes
	o.bytes += bytes
	return o.bytes > o.limit && before > 0 && bytes > 0
}

// reply adds a frame that need not be in order with a document's ops.
func (o *outbox) reply(f wire.Frame) (full, wake bool) {
	o.replies = append(o.replies, f)
	return o.count(f.Len()), o.signal()
}

// queue puts v among the views with something to send, and reports whether the transport must be woken.
func (o *outbox) queue(v *view) (wake bool) {
	if !v.queued {
		v.queued = true
		o.views = append(o.views, v)
	}
	return o.signal()
}

// signal reports whether the transport must be woken. Once it was, it need not be again before it pulls.
func (o *outbox) signal() (wake bool) {
	wake = !o.signalled
	o.signalled = true
	return wake
}

// nextView removes and returns the first of the views with something to send.
func (o *outbox) nextView() *view {
	v := o.views[0]
	n := copy(o.views, o.views[1:])
	o.views[n] = nil
	o.views = o.views[:n]
	v.queued = false
	return v
}

// sentReplies drops the first n replies.
func (o *outbox) sentReplies(n int) {
	for _, f := range o.replies[:n] {
		o.bytes -= f.Len()
	}
	rest := copy(o.replies, o.replies[n:])
	clear(o.replies[rest:])
	o.replies = o.replies[:rest]
	if rest == 0 && cap(o.replies) > 64 {
		o.replies = nil
	}
}

// hold returns the owner of the snapshots that this Pull returns.
func (o *outbox) hold() *budget.Owner {
	if o.sending == nil {
		o.sending = &budget.Owner{}
	}
	return o.sending
}

// sent releases what the last Pull held.
func (o *outbox) sent() {
	if o.sending != nil {
		o.sending.End()
		o.sending = nil
	}
	if o.large != nil && len(o.replies) == 0 {
		o.large.End()
		o.large = nil
	}
}

// drop empties the outbox: the session is over.
func (o *outbox) drop() {
	o.sending.End()
	o.large.End()
	o.replies, o.views, o.carets = nil, nil, carets{}
}

// reply sends a frame that need not be in order with a document's ops.
func (s *Session) reply(f wire.Frame) {
	s.mu.Lock()
	if s.left {
		s.mu.Unlock()
		return
	}
	full, wake := s.outbox.reply(f)
	s.mu.Unlock()
	s.after(full, wake)
}

// replyLarge is reply for a frame that may be large, and is kept in the person's share of what is being read until all replies are sent.
// It returns false if it does not fit.
func (s *Session) replyLarge(f wire.Frame) bool {
	s.mu.Lock()
	if s.left {
		s.mu.Unlock()
		return true
	}
	o := &s.outbox
	if o.large == nil {
		o.large = &budget.Owner{}
	}
	if o.large.Take(s.hub.Reading(s.who.User), int64(f.Len())) == nil {
		s.mu.Unlock()
		return false
	}
	full, wake := o.reply(f)
	s.mu.Unlock()
	s.after(full, wake)
	return true
}

func (s *Session) replyError(raw string, e *wire.Error) {
	s.reply(wire.SealError(raw, e))
}

// notice sends a frame to a Quire client. mu is held.
func (s *Session) notice(f wire.Frame) (full, wake bool) {
	if !s.client.quire || s.left || s.closed {
		return false, false
	}
	return s.outbox.reply(f)
}

// after does what queueing asks for, after mu was unlocked.
func (s *Session) after(full, wake bool) {
	if full {
		s.Close(wire.CloseSlow, "answers are not read")
	}
	if wake {
		s.transport.Wake()
	}
}
