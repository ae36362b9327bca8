// Package auth authenticates requests. It keeps accounts, guests and their sign-ins, checks passwords, tickets and the
// tokens of embedding applications, and decides which origin a cookie may come from.
//
// A request has one proof of identity. If it has an Authorization header, its cookies are ignored; a ticket is valid only for
// opening a socket; a cookie is accepted only from our own pages (Origin, else Sec-Fetch-Site), so that no other site can make
// a browser act. An invalid proof is a problem with its reason, never an anonymous request. If the database does not answer, the
// response is 503, never 401, because a client that gets 401 takes itself for signed out.
//
// Secrets: the database has only hashes of sign-in tokens and links, and half of the set-up code. Tickets and links are signed
// with keys derived from SECRET_KEY, one key for each purpose. Nothing here logs a secret.
//
// Work that outsiders can cause is bounded: hashing runs on a few workers with a short queue, and tries are counted per address
// and per account in maps of bounded size.
//
// Every change of an account, and every sign-in that is made or ended, is in the audit log (server/audit). The store writes an
// event when a proof ends (storage.Events), and server/events closes its sockets. A change of password ends all other sign-ins
// and API tokens; a concurrent sign-in notices the change itself (stillSo).
//
// Deliberately absent: roles on documents (collab/access), the documents of a deleted person (server/farewell), and any
// package-level state.
package auth
