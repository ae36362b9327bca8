package session

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
	case m.ID != "" && h.OwnsClientID(who.User, m.ID):
		s.client, s.restored = m.ID, true
	case s.client == "":
		s.client = h.NewClientID(who.User)
	}
	s.timeline = h.Timeline() // first: a change in between closes it
	hello := wire.Hello{ID: s.client, Epoch: h.Epoch()}
	s.mu.Unlock()
	if m.Quire {
		hello.Quire = h.Greeting(who)
	}
	s.reply(wire.Seal(wire.AppendHello(wire.Begin(256), hello)))
}

// clientID is the session's own; a client that skipped the handshake gets one too.
func (s *Session) clientID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == "" {
		s.client = s.hub.NewClientID(s.who.User)
	}
	return s.client
}

// Farewell tells a Quire client that the node is about to stop.
func (s *Session) Farewell() {
	s.mu.Lock()
	quire := s.quire && !s.closed
	s.mu.Unlock()
	if quire {
		s.reply(wire.Seal(wire.AppendBye(wire.Begin(64), "restarting")))
	}
}
