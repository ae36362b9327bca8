// Package budget bounds what is in use at once (memory, connections, slots) and makes sure that what was taken is returned.
//
// A Source is a Budget, one key of an Each, which has a limit for every key, or one person's part of a Shares, which divides a
// whole fairly. An Owner is anything that uses some of a source and ends: a document in memory, a connection, a request. It takes
// Reservations, and its End returns all of them, so that no return path has to remember each. Several owners may hold one
// reservation, such as an encoding with many readers; it is returned when the last of them drops it. In a Shares one of the
// holders pays for it, and when they drop it another does; see Hold and Keep.
//
// Guarantees: an owner that has ended holds nothing and can take nothing; a reservation is returned once. So every budget is
// at zero when all owners have ended, which tests assert. Everything may be used from any goroutine. The locks are leaves: no
// I/O and no callback happens while one is held.
//
// Who is refused decides what to do, or waits for its turn (Await), which never holds up other persons.
//
// Deliberately absent: taking back what somebody holds.
package budget
