// Package budget bounds what is in use at once (memory, connections, slots) and makes sure that what was taken is returned.
//
// A Source is a Budget, or one key of an Each, which has a limit for every key. An Owner is anything that uses some of a source
// and ends: a document in memory, a connection, a request. It takes Reservations, and its End returns all of them, so that no
// return path has to remember each. Several owners may hold one reservation, such as an encoding with many readers; it is
// returned when the last of them drops it.
//
// Guarantees: an owner that has ended holds nothing and can take nothing; a reservation is returned once. So every budget is
// at zero when all owners have ended, which tests assert. Everything may be used from any goroutine. The locks are leaves: no
// I/O and no callback happens while one is held.
//
// Deliberately absent: waiting for room (a caller that is refused decides what to do), and a share for each person. Such shares
// will be another Source, which takes from a person's share and from the whole; owners need not know.
package budget
