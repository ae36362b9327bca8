// Package server serves Quire over HTTP. It assembles one Fiber app from auth, api, socket and web. Only this package and those below
// it use Fiber.
//
// Start: nothing is served before New returns, and New starts only what Close ends. Order of Drain: readyz reports not ready,
// new sockets are refused, the engine announces the restart and commits what it has, sockets close, requests under way are
// answered, background work ends. The caller owns the store and closes it after that.
//
// A compressed request body is refused (415), because a limit on what arrives does not bound what it expands to.
//
// Every response has the security headers and X-Request-Id; every refusal is a problem (server/problem). The access log has route
// patterns, never paths, because a share link's path is a secret.
//
// Temporary failures end nothing: a listener accepts again after a lack of descriptors or memory, and reserves some descriptors for
// the database; background work that panics is started again; a certificate that could not be read is read again.
//
// With a certificate the port speaks TLS; a second port without TLS may redirect browsers there and does nothing else.
//
// Deliberately absent: configuration from the environment (cmd/quire), certificates by ACME, compression, and rate limits
// beyond those of server/auth. A proxy does the last three well.
package server
