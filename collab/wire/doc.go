// Package wire is the socket's protocol: ShareDB's JSON messages (protocol 1.2) and the few that Quire adds for clients that
// say "quire":1. It decodes what clients send, encodes what the server sends, and frames an encoded message once for all its
// receivers. Each family of messages has its own file.
//
// Ownership: Decode copies the frame once, so a message never refers to the caller's buffer. A Frame is immutable and may be
// written by any number of goroutines at once. The Append functions grow dst and allocate nothing when it has room.
//
// Guarantees: no input makes Decode panic; what it accepts is within Limits (ids, depth, counts, sizes); absent, null and
// zero are distinct wherever the protocol distinguishes them (NoVersion is not version 0); strings keep lone surrogates. An
// error reply is the request, byte for byte, with an error added: stock clients match it by the request's own fields.
//
// Deliberately absent: reflection, encoding/json, queries (qf, qs, qu are answered with an error), the legacy init message,
// and deciding who may do what.
package wire
