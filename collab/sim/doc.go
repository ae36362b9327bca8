// Package sim runs the real hub, documents and sessions against simulated clients, over a network delivered by hand and a
// store that fails, everything decided by one seed. It is for tests.
//
// Nothing in it runs at the same time as anything else: every goroutine the engine would start is a coroutine, resumed by the
// scheduler, that gives way where it asks the store and where it waits. Time is the scheduler's too. So a seed replays
// exactly, and any interleaving at those points can come up: between accepting an op and appending it, between the commit
// and its outcome, between a page of the log and the next.
//
// The clients behave as the stock ShareDB client does: one op in flight, the rest composed, resent with its src and seq
// after a cut, everything thrown away at an error. After every step the promises P1 to P5 are looked at; at the end all
// copies must be equal.
//
// Beside them there are guests, whose roles change: of a document nothing may be pulled for them, and no op of theirs given to
// the store, later than a second after the end of their right to it (P10).
//
// Deliberately absent: real concurrency (the race detector's tests in package collab have it) and any switch by which the
// engine would know that it is simulated.
package sim
