// Package load is the load generator behind `quire bench`, for any server that speaks ShareDB's protocol over a WebSocket:
// Quire, or ShareDB itself.
//
// # A run
//
// It creates documents under fresh ids, opens writers and readers, lets the writers type through a warm-up and the
// measured window, waits until all is quiet, hangs up, and reads every document anew. It ends by itself, and on a signal
// it tells what it has. With Ops or a trace it is counted instead: no warm-up, and every delivery counts wherever it arrives.
//
// A writer is a ShareDB client: one op in flight, and what is typed meanwhile goes composed into the next. In a closed loop
// the next op follows its predecessor's acknowledgement at once. With Keys each writer presses so many keys a second, at
// times fixed beforehand, whatever the server does.
//
// # What is measured
//
//   - Acknowledgement: from when a key was to be pressed (in a closed loop: from when the op was sent) to the arrival of its
//     acknowledgement. A key that falls due while an op is in flight counts from then, not from when its op was sent: a
//     server that stalls for a second delays all keys of that second, and a measurement that starts at the sending hides it.
//   - Propagation: from the same moment to the arrival at every other writer and reader of the document. Receivers find the
//     moment by the op's author and number, in a table of its author; nobody looks into the text.
//   - Late: by which the generator itself was behind. It is part of the other two; where it is not small, they are too high.
//   - CPU time of server, database and generator, over exactly the window, from /proc: a process with all its descendants,
//     those that ended included. Memory likewise; of several processes their proportional shares are added up. JSON says
//     null for what was not looked at.
//   - With Idle: the least memory seen after documents were made and subscribed to once, and after so many connections were
//     opened, each less what was before. A server with a garbage collector holds more than it needs for a while, so the
//     figures need thousands of documents and connections. In the end one key of each document must reach every connection.
//
// # What is checked
//
// Each writer of a document types letters that nobody else types there, in a cycle, at places between which stands a
// character that nobody deletes (alphabet.go, typing.go). So the final text tells for each author whether every acknowledged
// key is in it, once and in its order (P1, P2, P5), and whether what was there before is whole. Further: the revision is the
// count of acknowledged ops, and every connection has received every revision (P3). A shadow, one more reader of each
// document, rebuilds the text of what is broadcast; it must be the server's (P4). Any difference fails the run and is named
// with document and writer.
//
// # What it costs
//
// The generator shares the machine with what it measures, so it has its own frames (frame.go) and its own scanner of
// messages (scan.go), one goroutine a connection, one write an op and no timer for each; a turn of a closed loop takes 1.4 µs
// beside the kernel's work and allocates once. CPU per op of different runs is best compared as a quotient with the
// generator's own: the speed of a machine that others share changes, and the quotient hardly does.
//
// # Deliberately absent
//
// Presence, undo, formatting while typing; reconnecting (a connection that ends fails the run); cleaning up: the documents
// bench-… stay in the database, which should be one of its own.
package load
