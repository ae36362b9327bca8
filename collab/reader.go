package collab

import (
	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// Sender is whoever sent an op, and waits for what becomes of it: a Reader, or a request of REST. Each op is answered once. The
// document calls it within a turn, so no method blocks or calls the document back, but for Recheck.
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
	// Recheck looks the sender's role up anew, in a task of its own, and lets their client know if it is another now. False: they
	// are here no more.
	Recheck(by Identity) (access.Role, bool)
	// Forget says that the role is another now, as the one who creates a document finds.
	Forget()
}

// Ack is the place an op took in the log: it took the document from revision At to the next.
type Ack struct {
	At     storage.Revision
	Client string
	Seq    int64
	Since  storage.Revision // the ops from there on come before it, unless Live
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
	// Close ends the reader's whole session.
	Close(wire.CloseCode, string)
}

// Connection is a session as the hub knows it, for what concerns a person and no single document. Its methods may be called from
// any goroutine, and don't block.
type Connection interface {
	Identity() Identity
	// Past is the newest past of the hub of which it was told (N12).
	Past() int64
	// Farewell tells Quire's own clients that the node is about to stop.
	Farewell()
	// Close ends it: what Pull still returns may be written first.
	Close(wire.CloseCode, string)
	// Expel ends it at once: of what waits nothing is sent.
	Expel(wire.CloseCode, string)
	// Leave lets go of everything; it comes after the end.
	Leave()
	// Reconsider looks the role on doc ("": on all) up anew, and sends nothing of what is open until it is known.
	Reconsider(doc storage.DocumentID, by Identity)
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
