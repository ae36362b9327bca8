// Package storage defines what Quire needs of a database: small contracts, one per kind (Log, Documents, People, Grants, Groups,
// Sharing, Credentials, Administration, Settings, Events), in terms of revisions and opaque bytes, never of deltas. The backends
// are packages below this one; storagetest has the rules that each of them must keep.
//
// Revisions count ops: a document at revision n has n ops, and op i (from 0) takes it from revision i to i+1. So the ops "from a
// to b" are the b−a ops that turn revision a into revision b.
//
// Every method is safe for concurrent use and returns when ctx is done. Arguments and results share no memory with the store: byte
// slices are copied. Times are stored to the millisecond and returned in UTC. Text (titles, names, addresses) is stored as the
// function Text returns it: valid UTF-8 without NUL. Bodies, client names and hashes are any bytes. "ErrX if …" in a method's
// comment names the errors it wraps; a list "oldest first, then by id" is sorted by both.
//
// Deliberately absent: anything that reads an op's body, the meaning of roles (plain strings here, except RoleOwner), and
// retries. A caller that does not know an outcome must look (L2).
package storage
