package session

import (
	"context"

	"quire/collab"
	"quire/collab/order"
	"quire/collab/wire"
)

// receiveOp hands an op to its document.
func (s *Session) receiveOp(ctx context.Context, m *wire.Op) {
	handle := s.admit(ctx, s.view(m.Doc), m.Raw())
	if handle == nil {
		return
	}
	client, foreign := s.sender(m.Src)
	op := collab.Sent{
		Request: order.Request{
			Client: client, Seq: m.Seq, Author: s.who.User, Base: collab.Revision(m.Base), Foreign: foreign,
			Body: m.Body, Objection: s.hub.Objection(m.Body),
		},
		Raw: m.Raw(), Timeline: s.Timeline(),
	}
	s.mu.Lock()
	s.openBytes += len(op.Raw)
	s.mu.Unlock()
	handle.Submit(op)
}

// sender returns the client of an op, and whether that is none of this user's (W1).
func (s *Session) sender(src string) (client string, foreign bool) {
	own := s.clientID()
	if src == "" || src == own {
		return own, false
	}
	return src, !s.hub.OwnsClientID(s.who.User, src)
}
