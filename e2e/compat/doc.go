// Package compat runs unmodified npm clients (sharedb with rich-text, over ws) against the real binary: what they end up
// with must be what the server has, whatever happens to their sockets. It is the proof of P6 from the outside.
//
// The scenarios are JavaScript (scenarios.mjs, random.mjs), because the client is; the tests here start the server, run
// them and compare. They need Node and, once, `npm ci`, which TestMain runs.
package compat
