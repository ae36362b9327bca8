package wire

import "quire/collab/delta"

// Limits bounds what Decode accepts. A field that is zero means its default below.
type Limits struct {
	Depth    int          // nesting of objects and arrays in a frame
	Bulk     int          // documents in one bf, bs or bu
	Presence int          // bytes of a presence's value
	Op       delta.Limits // components of an op and their contents
}

// Defaults of Limits, and bounds of the protocol that are not settings.
const (
	DefaultFrame    = 1 << 20 // bytes of one message; enforced by the reader of the socket, not by Decode
	DefaultDepth    = 32
	DefaultBulk     = 1_000
	DefaultPresence = 4 << 10

	MaxID         = 64        // bytes of a document's, group's or client's id
	MaxPresenceID = 128       // bytes of a presence's id
	MaxNumber     = 1<<53 - 1 // of versions and sequence numbers: JavaScript's largest exact integer
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
