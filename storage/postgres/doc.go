// Package postgres keeps everything in a Postgres database (13 or newer), for production and for several nodes.
//
// Append has a connection of its own, so that other traffic does not delay commits; the rest shares a pool. A commit of
// many documents is one prepared statement: arrays sorted by document, a compare-and-set on the head rows, and one
// inserted row for each document whose head matched. Both reconnect by themselves after the database was away. The
// pool opens some connections at the start, and each has run the statements that open a document before anybody gets it (warm.go).
//
// Outcomes: no connection, or an error before anything was sent, is ErrUnavailable. An error of severity ERROR means
// that the server rolled back, so surely nothing was stored. A connection that breaks while the answer is awaited leaves
// the outcome unknown, and the error then wraps no sentinel (L2). After a rolled-back commit of several documents each is
// tried alone, once, so that a poison row does not hold up the others (L4). Only two things are repeated: a transaction that
// lost a deadlock (40P01), and the deletion of a person who was given access while it collected its locks.
//
// Plans: the tables begin empty, and a plan made and kept then would scan them for ever. So our connections plan no
// sequential scan, hash join or merge join: every statement here is a look-up by key.
// The connection that commits keeps its first, generic plan. Left to itself, Postgres would plan small commits anew each time:
// it estimates a plan for one row to be cheaper than the generic one, although both are the same.
//
// L10: where a standby has to have every commit, whatever ends the wait for it early makes the commit visible although it is gone
// after a failover. So the connection that commits is never cancelled, a confirmation that came with a warning of a wait cut
// short is an unknown outcome, and a connection that takes the place of a broken one commits a barrier first, as does Barrier.
// The pool's connections are cancelled as usual: their callers get an error then, and a standby that is away for long
// does not leave one waiting backend for each request.
//
// L11: a connection whose error says that it can no longer work (read-only, the server stops or starts) is closed, and the pool
// renews its connections. Of several hosts in the URL, the one that takes writes is used. Ping judges by the newest write (storage.Pulse).
//
// N12: each new connection asks for its line: the cluster, its timeline, the database and the table heads it leads to (line.go).
// The pool hands out connections of one line only, that of the connection that commits. When that one finds another line, a standby
// took over or a dump was restored, and acknowledged ops may be missing. Then Rewinds counts it, writes that build on earlier reads
// are refused, and the epoch is renewed, once for all nodes, by a compare-and-set on the setting log.timeline (history.go).
// The epoch stays if the same cluster has a new timeline and commits have waited for a standby since before the newest one: then
// nothing is missing. The last look (Epoch, twice a second) tells; after a start it is never known. Another cluster, or an older
// timeline, is refused. A role that may not ask for cluster and timeline goes by the other two only.
// Of several servers that DATABASE_URL names and that take writes, the one on the newest timeline is used (primaries.go).
//
// N7: a transaction's events are sent in one message with its COMMIT (events.go), because all transactions with events wait for
// one row, which a stopped process must not hold.
//
// A connection's settings are set once it is open, because poolers refuse them in the startup message. A pooler is recognized by
// the process id it names, which is not the one that serves, and refused unless it keeps one process for each client (session.go).
//
// L8: our connections set synchronous_commit=on; a server with fsync or full_page_writes off is refused.
//
// Deliberately absent: migrations (package migrations, run by cmd on OpenDB).
package postgres
