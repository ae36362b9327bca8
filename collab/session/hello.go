package session

import (
	"quire/collab"
	"quire/collab/wire"
	"quire/storage"
)

// client is what a session knows of the program at the other end. It is used under Session.mu.
type client struct {
	id       string // its client id, once it has one (W1)
	restored bool   // it had the id on an earlier connection (presence, §10 of the protocol)
	quire    bool   // it understands Quire's additions
	timeline int64  // the hub's newest when it was greeted: its revisions are of that one (N12)
}

// greet sets the client's id: the one it had before if that belongs to this user, or a new one.
func (c *client) greet(p *collab.Protocol, user storage.UserID, before string, quire bool) {
	c.quire = quire
	switch {
	case before != "" && before == c.id:
	case before != "" && p.OwnsClientID(user, before):
		c.id, c.restored = before, true
	default:
		c.own(p, user)
	}
}

// own returns the client's id. It makes one for a client that skipped the handshake.
func (c *client) own(p *collab.Protocol, user storage.UserID) string {
	if c.id == "" {
		c.id = p.NewClientID(user)
	}
	return c.id
}

// sender returns the client id of an op, and whether that does not belong to this user (W1).
func (c *client) sender(p *collab.Protocol, user storage.UserID, src string) (id string, foreign bool) {
	own := c.own(p, user)
	if src == "" || src == own {
		return own, false
	}
	return src, !p.OwnsClientID(user, src)
}

// receiveHandshake tells the client its id and the epoch of the log.
func (s *Session) receiveHandshake(m *wire.Handshake) {
	s.mu.Lock()
	who := s.who
	s.client.greet(s.protocol, who.User, m.ID, m.Quire)
	s.client.timeline = s.hub.Timeline() // before Epoch: if it changes in between, the session is closed
	hello := wire.Hello{ID: s.client.id, Epoch: s.hub.Epoch()}
	s.mu.Unlock()
	if m.Quire {
		hello.Quire = s.protocol.Greeting(who)
	}
	s.reply(wire.Seal(wire.AppendHello(wire.Begin(256), hello)))
}

// asClient returns the session's client id, and how others see its person.
func (s *Session) asClient() (id string, person wire.Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.client.own(s.protocol, s.who.User), s.who.Person()
}

// Farewell tells a Quire client that the node is stopping.
func (s *Session) Farewell() {
	s.mu.Lock()
	quire := s.client.quire && !s.closed
	s.mu.Unlock()
	if quire {
		s.reply(wire.Seal(wire.AppendBye(wire.Begin(64), "restarting")))
	}
}
