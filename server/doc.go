// Package server serves Quire over HTTP. It assembles one Fiber app from auth, api, socket and web. Only this package and those below
// it use Fiber.
//
// Start: nothing is served before New returns, and New starts only what Close ends. Order of Drain: readyz reports not ready,
// new sockets are refused, the engine announces the restart and commits what it has, sockets close, requests under way are
// answered, background work ends. The caller owns the store and closes it after that.
//
// Whoever asks by HTTP is nobody at first: their connections are counted, and peer decides how long each part of a request may take.
// A body stays on the line until its route knows whose it is, and takes memory as it arrives, of a fair share for each person (bodies).
// What a proxy could have read in another way is refused (strict.go), and on loopback so are other machines' names (hosts.go).
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
// beyond those of server/auth and the fair shares. A proxy does the last three well.
package server
