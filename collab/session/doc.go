// Package session serves one connection: it takes a client's messages, asks the documents they are about, and sends what is owed.
//
// Who owns what:
//
//   - Session: Receive belongs to the socket's reader, Pull to its writer; what they share with documents is under the session's
//     mutex, which only this package takes.
//   - view: one session's relation to one document. It is a collab.Reader: the document tells it the results of requests, and that
//     there is more to read. Live ops are never queued: the view holds the revision where it reads (W2).
//   - outbox: what is to be sent: replies, views that may have something to send, and the newest of each presence.
//   - puller: one call of Pull. It takes replies first, then each document's ops from its view's revision on, then presences.
//
// What is bounded: unanswered requests, and frames and bytes a second, by reading the client more slowly (throttle.go, W4); bytes
// not sent, by ending a session that does not read (outbox.go, W2); remembered documents that are not open (views.go). Snapshots
// that are being sent count in the hub's budget (outbox.sending).
//
// Lock order: Session.mu is taken before any lock of package collab. It is not held while a transport or the store is called.
//
// Deliberately absent: who may do what (the document decides, and says when to stop sending), and the order of ops.
package session
