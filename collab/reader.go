package collab

import (
	"quire/collab/wire"
	"quire/storage"
)

// Sender is whoever sent an op, and waits for what becomes of it: a Reader, or a request of REST. Each op is answered once. The
// document calls it within a turn, so no method blocks or calls the document back.
type Sender interface {
	// Identity is whose the op is.
	Identity() Identity
	// Acknowledge says where the op took its place. False: it can't be said before what was committed with it is in the feed, and
	// is said again then.
	Acknowledge(Ack) bool
	// Refuse says why the op has no place. raw is the request.
	Refuse(raw string, err *wire.Error)
	// Undecided says that the op may or may not be stored: whoever sent it must ask again (W7).
	Undecided(raw string)
}

// Ack is the place an op took in the log: it took the document from revision At to the next.
type Ack struct {
	At     storage.Revision
	Client string
	Seq    int64
	After  storage.Revision // the ops from there on come before it, unless Live
	Body   wire.Body        // as it stands there
	Raw    string           // the request
	Live   bool             // the sender's live ops include that place
	Fed    bool             // the feed holds the ops before it
}

// Reader is somebody with a document open, as the document knows them. What it is told it sends when it can. The document calls it
// within a turn, so no method blocks or calls the document back. Locks of its own are its own affair.
type Reader interface {
	Sender
	// Flush says that the feed has more.
	Flush()
	// Hold counts the document's reasons to keep the reader's handle open: a subscription, the presence channel, each presence.
	Hold(by int)
	// Done says that a request without an answer in the stream is over.
	Done()
	// Reply sends a frame that has no place in the stream.
	Reply(wire.Frame)
	// Owe sends a frame behind what the reader is owed; to Quire's own clients alone, as Notify.
	Owe(wire.Frame)
	// Unsubscribed answers Unsubscribe with a frame, behind which no live ops follow.
	Unsubscribed(wire.Frame)
	// Show sends a presence once the stream has reached revision at, in the place of an older one of that id.
	Show(id string, at wire.Version, f wire.Frame)
	// Notify sends at once what only Quire's own clients understand.
	Notify(wire.Frame)
	// Withhold sends nothing of the document until Resume: the role is being looked up (P10). Of a Handle that the reader has let go
	// of this and Expel mean nothing: it may have another by now.
	Withhold(*Handle)
	Resume(*Handle, Resumption)
	// Expel ends the reader's whole session: of what waits nothing is sent but the notice, and what is refused from now on.
	Expel(of *Handle, notice wire.Frame)
	// Close ends the reader's whole session.
	Close(wire.CloseCode, string)
}

// Resumption is how a reader goes on whose role was looked up.
type Resumption struct {
	HistoryFrom storage.Revision // no op from before it may be sent any more (W8)
	Notice      wire.Frame       // to Quire's own clients, first; the zero Frame: there is nothing to tell
}

// Connection is a session as the hub knows it, for what concerns a person and no single document. Its methods may be called from
// any goroutine, and don't block. The hub holds no lock while it calls one: they may call back.
type Connection interface {
	Identity() Identity
	// Timeline is the newest timeline of the log that it was told of (N12).
	Timeline() int64
	// Farewell tells Quire's own clients that the node is about to stop.
	Farewell()
	// Close ends it: what Pull still returns may be written first.
	Close(wire.CloseCode, string)
	// Expel ends it at once: of what waits nothing is sent.
	Expel(wire.CloseCode, string)
	// Leave lets go of everything; it comes after the end.
	Leave()
	// Handles returns those it has on doc ("": on all), in the order of the documents' ids, each Retained.
	Handles(doc storage.DocumentID) []*Handle
	// Rename takes over a new name, colour and picture of its person, here and in what is open.
	Rename(Person)
	// Load counts unanswered requests, bytes not sent, and documents of which the session remembers something.
	Load() (requests, queued, documents int)
}

const noDatabase = "the database does not answer"

// unavailable ends the session of a reader because a request of it waited too long for the store (W7).
func unavailable(r Reader) {
	r.Done()
	r.Close(wire.CloseUnavailable, noDatabase)
}

// replyError sends an error to the request raw.
func replyError(r Reader, raw string, err *wire.Error) { r.Reply(wire.SealError(raw, err)) }
