// Package quire starts the real binary for tests on a free loopback port, and kills or stops it as an operating system would. It
// also makes the few REST calls that checks need.
//
// QUIRE_BIN is the binary's path, which `make test` sets. A server dies with its test process.
package quire
