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
	if handle.NeedsLong(collab.Revision(m.Base), len(m.Body.Delta)) && s.waitForLongs(ctx) != nil {
		s.view(m.Doc).Done()
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

// waitForLongs blocks while the session has too much unanswered for an op that needs a long transform: of such ops only a few of a
// session wait at once, and one if all that wait of its person are too much.
func (s *Session) waitForLongs(ctx context.Context) error {
	return s.waitFor(ctx, func() <-chan struct{} {
		most := s.node.Limits().LongOps
		if s.node.TooLong(s.who.User) {
			most = 1
		}
		return s.throttle.few(most)
	})
}
