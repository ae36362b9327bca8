package collab

import "quire/storage"

// Bus takes to other nodes what they would find in the database a little later. It hurries, and never replaces the database:
// every message may be lost, doubled or late, and whoever hears one does nothing that the store would not confirm. All methods
// return at once.
//
// There is one node so far, so nothing but Event is called, and nothing is heard.
type Bus interface {
	// Commits are rows that were stored a moment ago, before their documents are told. Not called yet.
	Commits(rows []Row)
	// Event is one that was told here: its N is above 0, and it stands in the store under it.
	Event(e storage.Event)
	// Carets are those of a document's sessions here; the newest list counts. Not called yet.
	Carets(doc storage.DocumentID, list []Caret)
	// Forward hands an op over to the node that commits its document's ops; false if there is no such node. Not called yet.
	Forward(to NodeID, f Forward) bool
	// Answer says what became of one that was forwarded here, unless its commit says so. Not called yet.
	Answer(to NodeID, a ForwardAnswer)
}

// NodeID names one run of a process; a restart is another node.
type NodeID string

// Row is what one document had committed at once.
type Row struct {
	Document storage.DocumentID
	Base     storage.Revision // before its first op
	Count    int              // of ops
	Data     []byte           // as storage.AppendRow makes it
}

// Caret is where somebody's cursor is.
type Caret struct {
	ID       string // of the presence
	Client   string // a session's id
	User     storage.UserID
	Version  int64            // of the presence; a newer one counts
	Revision storage.Revision // that Value is for
	Value    []byte           // JSON
}

// Forward is an op on its way to another node, for the revision At.
type Forward struct {
	ID       int64 // of the sender
	Document storage.DocumentID
	At       storage.Revision
	Op       storage.Op
}

// ForwardAnswer says that an op was not taken.
type ForwardAnswer struct {
	ID       int64 // of the Forward
	Returned bool  // the sender may commit it itself; else it is refused
	Code     int   // of the refusal, on the wire
	Text     string
}

// Alone is the Bus of a node that knows of no others.
type Alone struct{}

var _ Bus = Alone{}

// Commits does nothing.
func (Alone) Commits([]Row) {}

// Event does nothing.
func (Alone) Event(storage.Event) {}

// Carets does nothing.
func (Alone) Carets(storage.DocumentID, []Caret) {}

// Forward finds no node.
func (Alone) Forward(NodeID, Forward) bool { return false }

// Answer does nothing.
func (Alone) Answer(NodeID, ForwardAnswer) {}

// Bus is what reaches other nodes.
func (h *Hub) Bus() Bus { return h.cfg.Bus }
