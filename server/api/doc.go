// Package api is Quire's REST API: resources under /api/v1. huma generates the OpenAPI document from the handlers' types.
//
// Every call about a document goes through see, which asks the engine for the caller's role. The problem is the same "not found"
// whether the document is unknown, not shared with the caller, deleted or, except for its owners, in the trash (W9). Content is
// written only through the engine, as ops in one order with live typing. Ops and documents are encoded by collab/delta, never by
// encoding/json, so that lone surrogates survive (E1). Open sockets learn of changes to roles, titles, members and the trash from
// the store's events, within a second (P10).
//
// Idempotency-Keys are remembered by the log itself: the key, hashed with its user, is the op's client id.
//
// Deliberately absent: business rules about text, caches, and anything a socket does better.
package api
