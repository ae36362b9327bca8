// Package socket carries a session's frames: it upgrades GET /api/v1/socket, reads text frames for the engine and writes
// what the engine has to say, at the reader's pace.
//
// Fiber and its websocket package do the handshake. Then only the net.Conn leaves them: their wrappers are pooled, and
// whoever keeps one writes into the next client's socket. From there on frames are read and written here, because only so
// a frame over the limit can be discarded while it streams in, a reply to a ping can never land inside another frame, and
// an idle connection holds no buffer (over TLS a small one, as nobody can be told there that something has come).
//
// Ownership: one goroutine per connection, all that an idle one has, reads, ends the session and closes the connection. At
// most one goroutine writes: whoever flushes (the document's turn, right after a commit) for as long as the kernel takes
// everything at once; else a writer that exists only while there is something to write; after the end, the reader itself.
// Control frames go the same way. Sockets waits for all of them in Drain. While the session is called the reader holds on to
// the socket, so nobody but the reader closes a plain one: others shut it down (conn.cutOff).
//
// Guarantees: a slow reader costs a cursor in the engine and one buffer here; no write waits longer than WriteWait for
// progress; a dead peer is noticed within PingEvery + PongWait (W5); a session never outlives its proof of sign-in by
// more than a second (W9).
//
// Deliberately absent: compression (small frames grow, large ones cost both sides memory; a proxy may do it), binary
// frames, permessage extensions, and any knowledge of the messages inside.
package socket
