package collab

import (
	"context"

	"quire/collab/access"
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// receiveOp hands an op to its document.
func (s *Session) receiveOp(ctx context.Context, m *wire.Op) {
	v := s.view(m.Doc)
	action := access.Write
	if m.Body.Kind == wire.Del {
		action = access.Delete
	}
	a := s.admit(ctx, v, action, m.Raw())
	if a.document == nil {
		return
	}
	client, foreign := s.sender(m.Src)
	op := newSubmission(v, order.Request{
		Client: client, Seq: m.Seq, Author: s.who.User, Base: revision(m.Base), Foreign: foreign,
		Body: m.Body, Objection: s.hub.checkFormats(m.Body),
	})
	op.raw, op.past, op.admitted, op.Recreates = m.Raw(), s.pastKnown(), a.change, access.Allows(a.role, access.Delete)
	s.mu.Lock()
	s.openBytes += len(op.raw)
	s.mu.Unlock()
	a.document.post(op)
}

// sender gives the client of an op, and whether that is none of this user's (W1).
func (s *Session) sender(src string) (client string, foreign bool) {
	own := s.clientID()
	if src == "" || src == own {
		return own, false
	}
	return src, !wire.VerifyClientID(s.hub.cfg.Secret.Bytes(), string(s.who.User), src)
}

func revision(v wire.Version) storage.Revision {
	if v == wire.NoVersion {
		return storage.Newest
	}
	return storage.Revision(v)
}

// checkFormats says what in an op the table of formats does not hold (E3). The op is refused for it only when it turns out
// not to be one that is in the log already.
func (h *Hub) checkFormats(b wire.Body) *wire.Error {
	if err := h.cfg.Formats.Check(b.Delta); err != nil {
		return wire.Errorf(wire.CodeOpNotApplied, "%v", err)
	}
	return nil
}
