// Package sim runs the real hub, documents and sessions against simulated clients, a simulated network and a store that fails.
// One seed decides everything. It is for tests.
//
// Nothing runs concurrently: every goroutine that the engine would start is a coroutine, resumed by the scheduler, which yields
// when it calls the store and when it waits. Time is the scheduler's too. So a seed replays exactly, and any interleaving at
// these points can happen: between accepting an op and appending it, between a commit and its result, between two pages of the
// log.
//
// The clients behave like the stock ShareDB client: one op in flight, the rest composed, resent with its src and seq after a
// lost connection, everything dropped after an error. The promises P1 to P5 are checked after every step; at the end all copies
// must be equal.
//
// There are also guests, whose roles change. More than a second after a guest has lost a right, no frame may be pulled and no
// op of theirs may be given to the store that needs that right (P10).
//
// Deliberately absent: real concurrency (package collab's tests under the race detector cover that), and anything by which the
// engine could know that it is simulated.
package sim
