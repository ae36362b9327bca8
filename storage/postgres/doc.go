// Package postgres keeps everything in a Postgres database (13 or newer), for production and for several nodes.
//
// Append has a connection of its own, so that other traffic does not delay commits; the rest shares a pool. A commit of
// many documents is one prepared statement: arrays sorted by document, a compare-and-set on the head rows, and one
// inserted row for each document whose head matched. Both reconnect by themselves after the database was away. Some of the
// pool's connections stand from the start, and each has run what opening a document takes before anybody gets it (warm.go).
//
// Outcomes: no connection, or an error before anything was sent, is ErrUnavailable. An error of severity ERROR means
// that the server rolled back, so surely nothing was stored. A connection that breaks while the answer is awaited leaves
// the outcome unknown, and the error then wraps no sentinel (L2). After a rolled-back commit of several documents each is
// tried alone, once, so that a poison row does not hold up the others (L4). Repeated is only what
// lost a deadlock (40P01), and the deletion of a person who was given something while it gathered its locks.
//
// Plans: the tables begin empty, and a plan made and kept then would scan them for ever. So our connections plan no
// sequential scan, hash join or merge join: every statement here is a look-up by key.
// The one that commits goes by the plan that is made first, and kept: left to itself Postgres plans commits of a few rows each
// time, because for one row the plan looks cheaper than the one for any number, which is the same.
//
// L10: where a standby has to have every commit, whatever ends the wait for it early makes the commit visible although it is gone
// after a failover. So the connection that commits is never cancelled, a confirmation that came with a warning of a wait cut
// short is an unknown outcome, and a connection that takes the place of a broken one commits a barrier first, as does Barrier.
// The pool's connections are cancelled as usual: their callers are told an error then, and a server whose standby is
// away for long is not left with one waiting backend for each request.
//
// L11: a connection that says it is of no use (read-only, the server stops or starts) is closed, and those in the pool are renewed.
// Of several hosts in the URL the one that takes writes is used. Ping judges by the newest write: see storage.Pulse.
//
// N12: each new connection asks where it leads: to which cluster, on which timeline, which database and which table heads (line.go).
// The pool gives out connections of one line only, that of the connection that commits. When that one finds another line, a standby
// took over or a dump was restored, and ops that were acknowledged may be missing: Rewinds counts it, what was made from what was
// read before is refused, and the epoch is renewed, once for all nodes, by a compare-and-set on the setting log.timeline (history.go).
// It is not where the same cluster has a new timeline and commits have waited for a standby since before the newest one: then
// nothing is missing. That is known from the last look (Epoch, twice a second), and never after a start. Another cluster, or a
// timeline that was left, is refused. Who may not ask for cluster and timeline is told by the other two only.
// Of several servers that DATABASE_URL names and that take writes, the one on the newest timeline is used (primaries.go).
//
// N7: a transaction's events are sent in one message with its COMMIT (events.go), because all transactions with events wait for
// one row, which a stopped process must not hold.
//
// Settings of a connection are set when it stands, because poolers refuse them in the first message. A pooler is found by the process
// it names, which is not the one that serves, and refused unless it keeps one for each client (session.go).
//
// L8: our connections set synchronous_commit=on; a server with fsync or full_page_writes off is refused.
//
// Deliberately absent: migrations (package migrations, run by cmd on OpenDB).
package postgres
