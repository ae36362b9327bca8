// Package typist is a small client of the socket protocol for crash tests. It types tokens, survives a lost connection like the
// stock client (one op in flight, the rest composed into the next, the op resent under its old id and seq before it subscribes
// again), and records what was acknowledged.
//
// One goroutine runs a Typist's connection; mu guards every field below it. An error reply to an op, or a close code of 4500 or
// more ("do not come back"), ends the typist with Err: in these tests nothing may be refused.
package typist
