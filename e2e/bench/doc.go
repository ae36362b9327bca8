// Command bench is `make bench`: it runs ShareDB 7 (memory, Postgres) and Quire (Postgres, SQLite) on this machine, each on
// a fresh store for each round, drives them in turn with the same load, and writes RESULTS.md, results.svg and results.json.
//
// peer.mjs is ShareDB; the load is `quire bench`; package report knows what a median, a ratio and a goal are. Here are the
// rows: closed.go (closed loops), keys.go (people at a keyboard), fan.go (many readers), idle.go (memory), open.go (cold
// opens), paper.go (a whole paper typed), floor.go (what the machine can do at all), engine.go (collab/delta).
package main
