// Package typist is a small client of the socket protocol for crash tests: it types tokens, survives the loss of its
// connection as the stock client does (one op in flight, the rest composed behind it, the op sent again under its old
// id and number before it subscribes again), and remembers what was acknowledged.
//
// One goroutine runs a Typist's connection; every field below mu is guarded by it. An error reply to an op, or a close
// code that says "do not come back", ends the typist with Err: in these tests nothing may be refused.
package typist
