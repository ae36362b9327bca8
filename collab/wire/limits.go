package wire

import "quire/collab/delta"

// Limits bounds what Decode accepts. The zero value means the defaults below, field by field.
type Limits struct {
	Depth    int          // nesting of objects and arrays in a frame
	Bulk     int          // documents in one bf, bs or bu
	Presence int          // bytes of a presence's value
	Op       delta.Limits // components of an op and what they hold
}

// Defaults of Limits, and bounds that are part of the protocol and no setting.
const (
	DefaultFrame    = 1 << 20 // bytes of one message; who reads the socket keeps it, not Decode
	DefaultDepth    = 32
	DefaultBulk     = 1_000
	DefaultPresence = 4 << 10

	MaxID         = 64        // bytes of a document's or client's id
	MaxPresenceID = 128       // bytes of a presence's id
	MaxNumber     = 1<<53 - 1 // versions and sequence numbers are exact JavaScript numbers
	maxRequestID  = 64        // bytes of the id of an nf or nt, as JSON
)

func (l Limits) orDefault() Limits {
	if l.Depth <= 0 {
		l.Depth = DefaultDepth
	}
	if l.Bulk <= 0 {
		l.Bulk = DefaultBulk
	}
	if l.Presence <= 0 {
		l.Presence = DefaultPresence
	}
	return l
}
