package order

import (
	"time"

	"quire/collab/wire"
	"quire/storage"
)

// Request is an op as it was sent. It is immutable.
type Request struct {
	Client    string
	Seq       int64
	Author    storage.UserID
	Base      storage.Revision // the revision it applies to; storage.Newest: none was sent
	Body      wire.Body
	Foreign   bool        // Client is not an id of Author's: acknowledged only if it has a twin (W1)
	Objection *wire.Error // why the table of formats forbids it (E3); nil if it does not
}

// Op is a request on its way into the log. The caller sets its exported fields; the Sequencer owns the others, and Twins.
type Op struct {
	Request
	// Sender waits for the result; nil for the server's own ops. The rules only ask whether it is nil.
	Sender  any
	Arrived time.Time // stored in the log
	// Recreates says that the sender may create a deleted document anew.
	Recreates bool
	// Barred is why the sender may no longer write; nil if they may.
	Barred *wire.Error
	// Twins are copies of this op, sent again while it was pending. They get the same answer.
	Twins []*Op

	progress
	placing
}

// progress is how far an op was transformed over the committed ops. It is valid for one log (see Restart).
type progress struct {
	begun bool
	form  wire.Body        // the op, transformed to apply at revision at
	at    storage.Revision // committed
	longs int              // LongTransforms so far
}

// placing is an op as transformed over the pending ops before it.
type placing struct {
	placed wire.Body
	stored []byte // placed, encoded for the log
	tied   bool   // the server's newline for the op before it (E6): both must be in one commit
}

// Begun reports whether the op was submitted before.
func (o *Op) Begun() bool { return o.begun }

// At returns the committed revision that the op has been transformed to.
func (o *Op) At() storage.Revision { return o.at }

// Placed returns the accepted op in the form that goes into the log.
func (o *Op) Placed() wire.Body { return o.placed }

// Tied reports whether the op must be in the same commit as the one before it.
func (o *Op) Tied() bool { return o.tied }

// Restart forgets all progress: the log that the op was judged against was replaced, or never existed.
func (o *Op) Restart() { o.progress, o.placing = progress{}, placing{} }

// Stored returns the accepted op as the log stores it.
func (o *Op) Stored() storage.Op {
	return storage.Op{Client: o.Client, Seq: o.Seq, Author: o.Author, At: o.Arrived, Body: o.stored}
}

// size returns the op's size in the log, in bytes.
func (o *Op) size() int { return o.Stored().Size() }

// isEntry reports whether e is this op, judged by client, seq and author. The server's own ops never match.
func (o *Op) isEntry(e *Entry) bool {
	return o.Sender != nil && o.Client == e.Client && o.Seq == e.Seq && o.Author == e.Author
}
