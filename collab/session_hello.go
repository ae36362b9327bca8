package collab

import (
	"quire/collab/wire"
)

// receiveHandshake gives the session its client id: the one the page had before, if it is this user's (W1), or a new one.
func (s *Session) receiveHandshake(m *wire.Handshake) {
	h := s.hub
	s.mu.Lock()
	who := s.who
	s.quire = m.Quire
	switch {
	case m.ID != "" && m.ID == s.client:
	case m.ID != "" && wire.VerifyClientID(h.cfg.Secret.Bytes(), string(who.User), m.ID):
		s.client, s.restored = m.ID, true
	case s.client == "":
		s.client = wire.NewClientID(h.cfg.Secret.Bytes(), string(who.User))
	}
	s.past = h.pasts.Load() // first: a change in between closes it
	hello := wire.Hello{ID: s.client, Epoch: h.Epoch()}
	s.mu.Unlock()
	if m.Quire {
		hello.Quire = &wire.HelloQuire{
			Build: h.cfg.Build, Formats: h.cfg.Formats.Version(), User: who.person(),
			Limits: wire.HelloLimits{
				Frame: h.limits.FrameBytes, Components: h.limits.Wire.Op.Components, Document: h.limits.DocumentUnits,
			},
		}
	}
	s.reply(wire.Seal(wire.AppendHello(wire.Begin(256), hello)))
}

// clientID is the session's own; a client that skipped the handshake gets one too.
func (s *Session) clientID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == "" {
		s.client = wire.NewClientID(s.hub.cfg.Secret.Bytes(), string(s.who.User))
	}
	return s.client
}
