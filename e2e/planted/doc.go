// Command planted shows that the tests catch what they are there for. Each file here named *.patch is a bug: some were in Quire
// once, some are what a tired engineer might write. The command takes a copy of the tree, applies one after another, runs the
// test that the patch names, and expects that test to fail. `make planted` runs it; RUN=name runs those whose name holds name.
//
// A patch begins with lines that say what it is; what follows is a diff, as git makes it:
//
//	What: the server's newline is left out (E6)
//	Test: go ./collab/order TestTheOrderIsThatOfAPlainList
//
// After "Test:" stands a tool, where it runs, and which test: `go PACKAGE NAME`, or `vitest WORKSPACE FILE NAME` with the name of
// the test, as far as the line goes. A build that breaks is not a bug that was caught: it is told as an error.
//
// That every patch still applies is a test of this package, so that whoever changes the code it is of sees it at once.
package main
