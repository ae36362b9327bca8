// Package migrations brings a database to the schema that this version of Quire uses. The steps are embedded, numbered SQL
// files, one folder for each dialect. They only go forward, one transaction each, and are never edited once released.
//
// Several processes may run Up at once: on Postgres an advisory lock lets one of them work while the others wait, on SQLite they
// may take the steps in turn. A database that a newer version has changed is refused and not touched.
//
// Deliberately absent: steps back (restore a backup instead) and anything that reads documents.
package migrations
