// Package storage says what Quire asks of a database: small contracts, one per kind (Log, Documents, People, Grants,
// Groups, Sharing, Credentials, Administration, Settings), in terms of revisions and opaque bytes, never of deltas. The
// backends are packages below it; storagetest holds the rules that each of them keeps.
//
// Revisions count: a document of revision n has n ops, and op i (from 0) takes it from revision i to i+1. So the ops
// "from a to b" are those that turn revision a into revision b, b−a in number.
//
// Every method may be called from any goroutine, returns when ctx is done, keeps nothing it was given and gives nothing
// it keeps: byte slices are copied or handed over. Times are kept to the millisecond and come back in UTC. Text (titles,
// names, addresses) is kept as Text makes it: valid UTF-8 without NUL; bodies, client names and hashes are any bytes.
//
// Deliberately absent: anything that reads an op's body, the meaning of roles (plain strings here, but for RoleOwner),
// and retries. A caller that does not know an outcome looks (L2).
package storage
