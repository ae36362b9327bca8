package collab

import (
	"quire/collab/access"
	"quire/collab/budget"
	"quire/collab/wire"
	"quire/storage"
)

// Sender is the sender of an op: a Reader, or a REST request. It gets one answer for each op. The document calls it within a turn, so
// its methods must not block or call the document.
type Sender interface {
	// Identity is the author's.
	Identity() Identity
	// Acknowledge reports the op's place in the log. It returns false if it can't use that before the feed holds the ops of the same
	// commit: then it is called again.
	Acknowledge(Ack) bool
	// Refuse reports why the op is not accepted. raw is the request.
	Refuse(raw string, err *wire.Error)
	// Undecided reports that the op may or may not be stored: the client must send it again (W7).
	Undecided(raw string)
}

// Ack is an op's place in the log: it takes the document from revision At to the next.
type Ack struct {
	At     storage.Revision
	Client string
	Seq    int64
	After  storage.Revision // unless Live, the ops from After to At are sent before the acknowledgement
	Body   wire.Body        // as it is in the log
	Raw    string           // the request
	Live   bool             // the sender's live ops include this one
	Fed    bool             // the feed holds the ops before it
}

// Reader is somebody who has a document open, as the document sees them. It queues what it is told and sends it when the client can
// take it. The document calls it within a turn, so its methods must not block or call the document. They may take locks of their own.
type Reader interface {
	Sender
	// Flush reports that the feed has more.
	Flush()
	// Hold adds to the count of reasons to keep the handle: a subscription, the presence channel, each presence.
	Hold(by int)
	// Done ends a request that has no answer in the stream.
	Done()
	// Reply sends a frame that need not be in order with ops.
	Reply(wire.Frame)
	// Owe sends a frame after what is owed to the reader. Like Notify, only to Quire's own clients.
	Owe(wire.Frame)
	// Unsubscribed sends the answer to Unsubscribe, after which no live ops follow.
	Unsubscribed(wire.Frame)
	// Show sends a presence once the stream has reached its revision. It replaces an older one of that id that was not sent. Presences
	// are sent as the reader takes them, and never end a session.
	Show(Shown)
	// Notify sends a frame at once, to Quire's own clients only.
	Notify(wire.Frame)
	// Withhold stops sending anything of the document until Resume: the role is being looked up (P10). This, Resume and Expel do nothing
	// if the reader has another Handle by now.
	Withhold(*Handle)
	Resume(*Handle, Resumption)
	// Expel ends the reader's session. Nothing that is queued is sent, only the notice and refusals from now on.
	Expel(of *Handle, notice wire.Frame)
	// Close ends the reader's session.
	Close(wire.CloseCode, string)
}

// Shown is a presence on its way to a reader.
type Shown struct {
	ID    string
	At    wire.Version
	Frame wire.Frame // shared with other readers
	First bool       // the reader knows nothing of this id
	Gone  bool       // the presence is
}

// Resumption tells a reader how to continue after the role was looked up.
type Resumption struct {
	HistoryFrom storage.Revision // ops from before it must not be sent any more (W8)
	Notice      wire.Frame       // to be sent first, to Quire's own clients; the zero Frame: nothing
}

// Connection is a session as the hub sees it. Its methods may be called from any goroutine and must not block. The hub holds no lock
// while it calls one, so they may call the hub.
type Connection interface {
	Identity() Identity
	// Timeline is the newest timeline of the log that its client was told of (N12).
	Timeline() int64
	// Farewell tells Quire's own clients that the node is about to stop.
	Farewell()
	// Close ends the session. What Pull still returns may be written first.
	Close(wire.CloseCode, string)
	// Expel ends the session at once. Nothing that is queued is sent.
	Expel(wire.CloseCode, string)
	// Leave releases all that the session holds. It is called after the connection has ended.
	Leave()
	// Handles returns the session's handles on doc ("": on all documents), by the documents' ids, each with a reference (Retain).
	Handles(doc storage.DocumentID) []*Handle
	// Rename changes the person's name, colour and picture, here and in the documents that are open.
	Rename(Person)
	// Load counts unanswered requests, bytes not sent, and documents that the session has or remembers.
	Load() (requests, queued, documents int)
}

// Handle is a Reader's reference to a live document, from its first request until neither side owes the other anything. It keeps the
// document in memory. Any goroutine that holds a reference may call its methods. They block only where they say so.
type Handle struct {
	d      *document
	reader Reader
	holds  budget.Owner // its part of the document's place

	// Of the document's turn:
	standing     standing
	lastSentRole access.Role // to the client; access.None: none was
	subscribed   bool
	from         storage.Revision // live ops begin here
	onChannel    bool
	carets       int    // presences that it announced
	who          Person // how others see its person
	left         bool   // requests that still come have no effect
}

func (x *Handle) countCaret(by int) {
	x.carets += by
	x.reader.Hold(by)
}

const noDatabase = "the database does not answer"

// unavailable closes a reader's session because a request waited too long for the store (W7).
func unavailable(r Reader) {
	r.Done()
	r.Close(wire.CloseUnavailable, noDatabase)
}

// replyError answers the request raw with an error.
func replyError(r Reader, raw string, err *wire.Error) { r.Reply(wire.SealError(raw, err)) }
