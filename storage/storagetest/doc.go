// Package storagetest holds the rules that every storage backend keeps (Run), a wrapper that fails on purpose (Faulty),
// and, in pgtest, a real Postgres for tests.
//
// Run is the one entry point, so that no backend can forget a case; each rule gets a store of its own. A backend whose
// tests are to see damage noticed gives a store with the method of Damager.
package storagetest
