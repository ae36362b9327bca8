// Package pg runs a real Postgres that tests may stop, kill and start again on the same data. Unlike the one of the
// storage tests it keeps fsync and full_page_writes on: it is killed in earnest.
package pg
