// Package storage says what Quire asks of a database: small contracts, one per kind (Log, Documents, People, Grants), in
// terms of revisions and opaque bytes, never of deltas. The backends are packages below it; storagetest holds the rules
// that each of them keeps.
//
// Deliberately absent: anything that reads an op's body, roles (plain strings here), and retries. A caller that does not
// know an outcome looks (L2).
package storage
