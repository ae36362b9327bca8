//go:build race

package socket_test

// stackMost is how many bytes an idle connection's stack may take. Under the race detector the runtime keeps twice as much free on
// every stack, so none is halved to 4 KiB.
const stackMost = 9 << 10
