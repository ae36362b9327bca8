// Package load is the load generator behind `quire bench`, for any server that speaks ShareDB's protocol over a WebSocket:
// Quire, or ShareDB itself.
//
// # A run
//
// It creates documents under new ids, connects writers and readers, lets the writers type through a warm-up and the measured
// window, waits until everything has arrived, disconnects, and reads every document again. It ends by itself; on a signal it
// ends early and reports what it has. With Ops, Idle or a trace it is counted instead: no warm-up, and every delivery counts.
//
// A writer is a ShareDB client: one op in flight, and what is typed meanwhile is composed into the next. In a closed loop the
// next op follows as soon as the one before is acknowledged. With Keys each writer presses that many keys per second, at times
// fixed beforehand, whatever the server does.
//
// # What is measured
//
//   - Acknowledgement: from the time at which a key was due (in a closed loop: at which the op was sent) to the arrival of its
//     acknowledgement. A key that is due while an op is in flight counts from then, not from when its op is sent: a server that
//     stalls for a second delays all keys of that second, which a measurement from the sending would hide.
//   - Propagation: from the same time to the arrival at every other writer and reader of the document. Receivers look that time
//     up by the op's author and seq, in a table of the author's; nobody looks into the text.
//   - Late: how far the generator itself was behind. The other two include it, so they are too high unless it is small.
//   - CPU time of server, database and generator, exactly over the window, from /proc: of a process with all its descendants,
//     also those that have ended. Memory likewise, where the proportional shares of several processes are added up. In JSON null
//     stands for what was not measured.
//   - With Idle: the least memory seen after the documents were created and subscribed to once, and after the connections were
//     opened, each minus that of the stage before. A garbage-collected server temporarily holds more than it needs, so this
//     takes thousands of documents and connections. In the end one key in each document must reach every connection.
//
// # What is checked
//
// Each writer of a document types letters that nobody else types there, in a cycle, at places that are separated by characters
// nobody deletes (alphabet.go, typing.go). So the final text shows for each author whether every acknowledged key is in it,
// once and in order (P1, P2, P5), and whether the initial text is complete. Also, the revision must be the number of
// acknowledged ops, and every connection must have received every revision (P3). A shadow, one more reader of each document,
// rebuilds the text from the broadcast ops; it must be equal to the server's (P4). Any difference fails the run, and is reported
// with document and writer.
//
// # What it costs
//
// The generator shares the machine with what it measures, so it has its own framing (frame.go) and message scanner (scan.go),
// one goroutine per connection, one write per op and no timer per key. A turn of a closed loop takes 1.4 µs apart from the
// kernel's work, and one allocation. To compare CPU per op between runs, divide it by the generator's own: the speed of a shared
// machine changes, the quotient hardly does.
//
// # Deliberately absent
//
// Presence, undo and formatting while typing; reconnecting (a connection that ends fails the run); cleaning up: the documents
// bench-… stay in the database, which should be a separate one.
package load
