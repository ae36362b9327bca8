// Package server puts Quire behind HTTP: it assembles one Fiber app out of auth, api, socket and web, and is the only
// part that knows Fiber.
//
// Order at start: nothing is served before New returns, and New starts nothing but what Close ends. Order at the end
// (Drain): not ready, sockets refuse newcomers, the engine announces the restart and commits what it has, sockets close,
// requests under way are answered, background work has ended. The store is the caller's and is closed after that.
//
// A request's body is taken as it came: packed in any way it is refused (415), because a limit on what arrives says nothing
// of what that unfolds to.
//
// Every answer carries the security headers and X-Request-Id; every refusal is a problem (server/problem). The access log
// names routes by their pattern, never by their path, because a share link's path is a secret.
//
// What passes ends nothing: a listener accepts again when descriptors or memory were short, and keeps some back for the database;
// a panic in the background begins that work anew; a certificate that could not be read is tried again.
//
// With a certificate the one port speaks TLS; a second, plain one may send browsers there and does nothing else.
//
// Deliberately absent: configuration from the environment (cmd/quire), certificates by ACME, compression, and rate limits
// beyond those of server/auth; a proxy does the last three well.
package server
