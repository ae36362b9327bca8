package session

import (
	"context"

	"quire/collab"
	"quire/collab/order"
	"quire/collab/wire"
)

// receiveOp posts an op to its document.
func (s *Session) receiveOp(ctx context.Context, m *wire.Op) {
	handle := s.view(m.Doc).admit(ctx, m.Raw())
	if handle == nil {
		return
	}
	s.mu.Lock()
	client, foreign := s.client.sender(s.protocol, s.who.User, m.Src)
	timeline := s.client.timeline
	s.throttle.opBytes += len(m.Raw())
	s.mu.Unlock()
	op := collab.Sent{
		Request: order.Request{
			Client: client, Seq: m.Seq, Author: s.who.User, Base: collab.Revision(m.Base), Foreign: foreign,
			Body: m.Body, Objection: s.protocol.Objection(m.Body),
		},
		Raw: m.Raw(), Timeline: timeline,
	}
	handle.Submit(op)
}
