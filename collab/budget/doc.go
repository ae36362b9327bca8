// Package budget bounds what is in use at once (memory, connections, places) and makes sure that what was taken comes back.
//
// A Budget, or an Each for something that is bounded for each key apart, is a Source. An Owner is whatever can hold some of
// it and ends: a document in memory, a connection, a request. It takes Reservations; what it holds goes back when it ends,
// however that comes about, so nobody has to remember each of them on each way out. Several owners may hold one reservation,
// as an encoding that many read; it goes back with the last.
//
// Guarantees: an owner that has ended holds nothing and can take nothing; a reservation is given back once. So when all
// owners have ended every budget is at zero, which tests assert. All of it may be used by any goroutine; the locks are
// leaves, held for no I/O and no call of anybody's.
//
// Deliberately absent: waiting for room (who is refused decides what to do), and shares of a budget for each person. Those
// will be another Source that takes from a person's share and from the whole, which no owner needs to know of.
package budget
