// Package sqlite keeps everything in one SQLite file, embedded in the process: for one machine, and for a first try.
//
// One connection writes, several read. Every call that writes takes the writer's slot, first come first served; WAL lets
// readers go on meanwhile, each at one instant of the database. Commits are durable when a call returns:
// synchronous=FULL, and F_FULLFSYNC on macOS (L8). A context bounds only the wait for the slot: a transaction that has
// begun runs to its end, which is local and short, so that its outcome is known.
//
// Outcomes: what fails before COMMIT is rolled back, and so surely not stored (ErrUnavailable or a more precise sentinel). An error
// of COMMIT itself leaves the outcome unknown.
//
// The file is for one server: Serve locks a file beside it. Commands that may run beside the server take no lock.
//
// Deliberately absent: migrations (package migrations, run by cmd on OpenDB), and retries.
package sqlite
