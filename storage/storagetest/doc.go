// Package storagetest holds the rules that every storage backend keeps (Run), a wrapper that fails on purpose (Faulty),
// and, in pgtest, a real Postgres for tests.
//
// Run is the only entry point, so that no backend can forget a case; each rule gets a store of its own. Backends pass stores that
// are a Damager, for the rules about damaged snapshots, and a Holder, for those about deletion.
package storagetest
