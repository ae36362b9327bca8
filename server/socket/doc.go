// Package socket transports a session's frames: it upgrades GET /api/v1/socket, reads text frames for the engine and writes the
// engine's frames at the reader's pace.
//
// Fiber and its websocket package do the handshake. After that only the net.Conn is kept: their wrappers are pooled, and a kept
// wrapper would write into the next client's socket. Frames are read and written here, so that an oversized frame can be
// discarded while it streams in, a pong never lands inside another frame, and an idle connection holds no buffer (over TLS a
// small one, because there the kernel cannot say that input has arrived).
//
// Ownership: one goroutine per connection, the only one of an idle connection, reads, leaves the session and closes the
// connection. At most one goroutine writes. It is the one that calls Flush (the document's turn, right after a commit) while the
// kernel takes everything at once; else a writer goroutine that exists only while there is something to write; at the end, the
// reader. Control frames take the same way. Sockets.Drain waits for all these goroutines. The reader calls the session in the
// middle of a read of a plain socket, and Close would wait for that: so others only shut the socket down (conn.cutOff).
//
// Guarantees: a slow reader costs a cursor in the engine and one buffer here; no write waits longer than WriteWait for progress;
// a dead peer is noticed within PingEvery + PongWait (W5; later, up to patience, if its machine took much that it has not read);
// a session never outlives its sign-in or token by more than a second (W9).
//
// Deliberately absent: compression (small frames grow, large ones cost both sides memory; a proxy may do it), binary frames,
// extensions, and any knowledge of the messages.
package socket
