package session

import (
	"context"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/order"
	"quire/collab/wire"
)

// receiveOp hands an op to its document.
func (s *Session) receiveOp(ctx context.Context, m *wire.Op) {
	v := s.view(m.Doc)
	action := access.Write
	if m.Body.Kind == wire.Del {
		action = access.Delete
	}
	a := s.admit(ctx, v, action, m.Raw())
	if a.handle == nil {
		return
	}
	client, foreign := s.sender(m.Src)
	op := collab.Sent{
		Request: order.Request{
			Client: client, Seq: m.Seq, Author: s.who.User, Base: collab.Revision(m.Base), Foreign: foreign,
			Body: m.Body, Objection: s.hub.Objection(m.Body),
		},
		Raw: m.Raw(), Past: s.Past(), Change: a.change, Recreates: access.Allows(a.role, access.Delete),
	}
	s.mu.Lock()
	s.openBytes += len(op.Raw)
	s.mu.Unlock()
	a.handle.Submit(op)
}

// sender gives the client of an op, and whether that is none of this user's (W1).
func (s *Session) sender(src string) (client string, foreign bool) {
	own := s.clientID()
	if src == "" || src == own {
		return own, false
	}
	return src, !s.hub.OwnsClientID(s.who.User, src)
}
