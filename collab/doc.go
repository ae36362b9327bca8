// Package collab serves documents: it puts the ops of many writers into one order, commits them, and only then tells anybody. It is
// the only place where content changes. Sockets (package session) and REST both use it.
//
// Who owns what:
//
//   - Hub starts and stops its parts. Each has its own state and lock: registry (live documents), connections (sessions), timelines
//     (which history of the log is served), roles (looking up who may do what), committer. They share the Node.
//   - registry counts references. A document is dropped only when nobody refers to it and it has nothing to do, between two turns. So
//     there are never two of the same id.
//   - document has an inbox. At most one goroutine at a time (run) handles its messages; that is the document's turn. Only the turn uses
//     the document's order.Sequencer, which holds content and recent ops and decides whether ops are accepted, and its other parts, each
//     with one duty: lifecycle, waits, logState, stream, subscribers, presence, snapshots, quota. A turn never blocks: whatever asks the
//     store is a task (jobs), whose result comes back as a message. So a few goroutines run the turns of all documents.
//   - committer has at most one goroutine. It takes the batches of all documents that have ops to commit, and appends them in one
//     transaction.
//   - Handle is a client's reference to a live document. Its owner is known to the document as a Reader (package session). The sender of
//     an op over REST is known as a Sender. A document calls these but takes no lock of theirs.
//
// The places and bytes that all documents and sessions may take together (registry.places, registry.memory, Hub.reading, Node.longs) are
// reserved by an owner: a document, a handle, an op that waits, or the snapshots that a session sends. They are released when the owner
// ends, in whatever way: see collab/budget and Hub.InUse. Persons share them, and heavy tasks run for persons in turn: whoever has no
// more of their share waits alone, or is told alone (P8). Presence has the same in the document (presenceroom.go).
//
// Lock order: locks of readers, then registry.mu, then inbox.mu. All others are leaves. No lock is held while a transport, the store or
// a Connection is called. (encodings.mu is held while a snapshot is encoded.)
//
// Guarantees: ops are acknowledged, shown and applied to memory only after their commit (L2). A session gets each document's ops in
// order without gaps, and acknowledgements in the place of its own (W2). A failing store is never an error to a client's request: the
// request waits, and after a time the session is closed with a code that makes the client come back (W7).
//
// Deliberately absent: composed history (E2), queues of live ops for each session, timers that gather ops, and repeating an append of
// unknown result before the log was read.
package collab
