// Package migrations brings a database to the form that this Quire reads and writes. The steps are numbered SQL files, one
// folder for each dialect, embedded; they go forward only, one transaction each, and are never edited once released.
//
// Up may be run by several nodes at once: on Postgres an advisory lock lets one of them work while the others wait; on
// SQLite the file's own lock does. A database that a newer Quire has changed is refused, untouched.
//
// Deliberately absent: steps down (restore a backup) and anything that reads documents.
package migrations
