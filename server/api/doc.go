// Package api is the REST of Quire: nouns under /api/v1, described to huma by the types of its handlers, from which the
// OpenAPI document is made.
//
// Every call about a document goes through see, which asks the engine for the caller's role and answers "not found" in
// one way whether the document is unknown, foreign, deleted or, to anybody but its owners, in the trash (W9). Content is
// written through the engine only, as ops in the same order as live typing; ops and documents are read and written by
// collab/delta's codec, never by encoding/json, so that what UTF-8 cannot say survives (E1). After a change of roles,
// titles, members or trash the engine is told, so that open sockets follow within a second (P10).
//
// The log is the memory of Idempotency-Key: the key, hashed with its user, is the op's client id.
//
// Deliberately absent: business rules about text, caches, and anything a socket does better.
package api
