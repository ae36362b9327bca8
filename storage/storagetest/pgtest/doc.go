// Package pgtest brings a real Postgres to tests, without Docker and without root: a given server (TEST_DATABASE_URL),
// or one of its own from the binaries that pgbin finds.
//
// Shared starts one server for the test process, on first use, with fsync off; it dies with the process. Start gives a
// test a server of its own, which it may kill and start again. Database makes a migrated database, a copy of a template,
// so that each test has its own.
//
// The tests that need a Postgres run when QUIRE_FULL is set, or TEST_DATABASE_URL is. Where no Postgres is found they are
// skipped with the reason, or fail if REQUIRE_POSTGRES is set. DATABASE_URL is not looked at: it may be somebody's real one.
package pgtest
