package collab

import (
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/sealed"
)

// Protocol is what messages to and from clients need of a node's configuration. It never changes.
type Protocol struct {
	formats *delta.Formats
	secret  sealed.Text
	build   string
	limits  wire.HelloLimits
}

// Protocol returns what a session's messages need to know.
func (h *Hub) Protocol() *Protocol { return &h.protocol }

func newProtocol(cfg *Config, l *Limits) Protocol {
	return Protocol{
		formats: cfg.Formats, secret: cfg.Secret, build: cfg.Build,
		limits: wire.HelloLimits{Frame: l.FrameBytes, Components: l.Wire.Op.Components, Document: l.DocumentUnits},
	}
}

// Objection returns what in an op the table of formats does not allow (E3); nil: nothing. The op is refused for it only when it
// turns out not to be one that is in the log already.
func (p *Protocol) Objection(b wire.Body) *wire.Error {
	if err := p.formats.Check(b.Delta); err != nil {
		return wire.Errorf(wire.CodeOpNotApplied, "%v", err)
	}
	return nil
}

// NewClientID makes a client id for a user (W1).
func (p *Protocol) NewClientID(user storage.UserID) string {
	return wire.NewClientID(p.secret.Bytes(), string(user))
}

// OwnsClientID reports whether an id was made for that user.
func (p *Protocol) OwnsClientID(user storage.UserID, id string) bool {
	return wire.VerifyClientID(p.secret.Bytes(), string(user), id)
}

// Greeting returns what Quire's own clients are told of the node.
func (p *Protocol) Greeting(who Identity) *wire.HelloQuire {
	return &wire.HelloQuire{Build: p.build, Formats: p.formats.Version(), User: who.Person(), Limits: p.limits}
}
