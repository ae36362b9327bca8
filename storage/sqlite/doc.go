// Package sqlite keeps everything in one SQLite file, embedded in the process: for one machine, and for a first try.
//
// One connection writes, several read. Every writing call takes the writer's slot, in the order of asking; WAL lets
// readers go on meanwhile, each at one instant of the database. Commits are durable when a call returns:
// synchronous=FULL, and F_FULLFSYNC on macOS (L8). A context bounds the wait for the slot only: what has begun runs to
// its end, being local and short, so that its outcome is known.
//
// Outcomes: what failed before COMMIT was asked for is rolled back, hence surely not stored (ErrUnavailable, or what it
// was); an error of COMMIT itself leaves the outcome unknown.
//
// The file is for one server: Serve takes a lock beside it, which commands that work beside the server do not.
//
// Deliberately absent: migrations (package migrations, run by cmd on OpenDB), and retries.
package sqlite
