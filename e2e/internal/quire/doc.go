// Package quire starts the real binary for tests, on a free loopback port, and kills or stops it like an operating
// system would. It also speaks the few REST calls that checks need.
//
// QUIRE_BIN names the binary; `make test` builds one and hands it on. A server dies with its test process.
package quire
