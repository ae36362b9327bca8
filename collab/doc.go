// Package collab keeps documents alive: it puts the ops of many writers into one order, commits them, and only then tells
// anybody. It is the one place where content changes; sockets and REST both come through it.
//
// Who owns what:
//
//   - Hub: begins and ends its parts, each of which has its own state and lock: registry (live documents), connections (sessions),
//     timelines (which history of the log is served), roles (who may do what), committer. What they share is the Node.
//   - registry: a document is let go only when nobody refers to it and it has nothing under way. So it ends between two turns, with
//     nothing to wait for, and there is never a second one of the same id.
//   - document: at most one goroutine at a time (run) empties its inbox and alone touches its order.Sequencer (content, revision,
//     recent and pending ops, and the rules by which an op takes its place) and its parts, each with a duty and a state of its own:
//     lifecycle, waits, logState, stream, subscribers, presence, snapshots, quota. It never waits for the store: everything that does is a task whose result comes back as a
//     message. Turns wait for nothing, and a few goroutines take those of all documents.
//   - committer: at most one goroutine; it takes the documents that have something to commit, then closes their batches and
//     appends them all at once.
//   - Handle: somebody's hold on a live document, and all they ask of it. Whoever has one is known to the document as a Reader
//     (package session), or as the Sender of one op (REST), by what it tells them; it never takes a lock of theirs.
//
// What is bounded for all together (registry.memory, Hub.reading) is taken by an owner: a document, or a session for what it sends. It
// goes back when the owner ends (registry.letGo, session.Session.Leave), however that comes about: see collab/budget and Hub.InUse.
//
// Lock order: those of readers, then registry.mu, then inbox.mu; feed.mu and the others are leaves. None is held while a transport,
// the store or a Connection is called. (snapshotReads.mu is held while a snapshot is encoded, by those who wait for just that.)
//
// Guarantees: acknowledgement, broadcast and memory follow the commit (L2). A session sees each document's ops in order
// without a hole, its own as acknowledgements in their place (W2). A fault of the store is never an error to a request of
// content: it waits, and past the bound the session is closed with a code that comes back (W7).
//
// Deliberately absent: composed history (E2), queues of broadcasts per session, timers that gather ops, and retries of an
// append whose outcome is unknown before the log was looked at.
package collab
