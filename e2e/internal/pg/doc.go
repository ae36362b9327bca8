// Package pg runs a real Postgres that tests can stop, kill and start again on the same data. Unlike the one of the storage
// tests it keeps fsync and full_page_writes on, because it is really killed.
package pg
