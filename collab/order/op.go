package order

import (
	"time"

	"quire/collab/wire"
	"quire/storage"
)

// Request is an op as it was sent. It does not change.
type Request struct {
	Client    string
	Seq       int64
	Author    storage.UserID
	Base      storage.Revision // that it was made for; storage.Newest: none was sent
	Body      wire.Body
	Foreign   bool        // Client is not one of Author's: only a twin in the log is acknowledged (W1)
	Objection *wire.Error // what the table of formats says against it (E3); nil: nothing
}

// Op is a request on its way into the log. Its fields are its sender's; the rest is the Sequencer's.
type Op struct {
	Request
	// Sender is whoever waits for the outcome; nil for the server's own ops. No rule looks into it.
	Sender  any
	Arrived time.Time // as the log will say
	// Recreates: the sender may create over a deleted document.
	Recreates bool
	// Barred is why the sender may not write any more; nil: they may.
	Barred *wire.Error
	// Twins are the same op, sent again while this one was pending. Who answers this one answers them.
	Twins []*Op

	progress
	placing
}

// progress is how far an op was taken over the committed ops. It holds for as long as the log does.
type progress struct {
	begun    bool
	form     wire.Body        // as it must be to run at revision at
	at       storage.Revision // of the log
	journeys int              // so far
}

// placing is an op as it stands behind what is pending.
type placing struct {
	placed wire.Body
	stored []byte // the same as the log stores it
	tied   bool   // the server's newline for the op before it (E6): the two must not be parted
}

// Begun reports whether the op was judged before.
func (o *Op) Begun() bool { return o.begun }

// At is the revision of the log that the op was taken to.
func (o *Op) At() storage.Revision { return o.at }

// Placed is the op as it stands in the log, once it was accepted.
func (o *Op) Placed() wire.Body { return o.placed }

// Tied reports whether the op must be in the same commit as the one before it.
func (o *Op) Tied() bool { return o.tied }

// Restart forgets what was found out of the log: it is another one now, or there was none.
func (o *Op) Restart() { o.progress, o.placing = progress{}, placing{} }

// Stored is the op as the log stores it, once it was accepted.
func (o *Op) Stored() storage.Op {
	return storage.Op{Client: o.Client, Seq: o.Seq, Author: o.Author, At: o.Arrived, Body: o.stored}
}

// size is its bytes in the log.
func (o *Op) size() int { return o.Stored().Size() }

// isEntry reports whether e is this op, as its client, seq and author tell.
func (o *Op) isEntry(e *Entry) bool {
	return o.Sender != nil && o.Client == e.Client && o.Seq == e.Seq && o.Author == e.Author
}
