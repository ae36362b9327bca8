//go:build race

package socket_test

// stackMost is what an idle connection's stack may take, bytes. The race detector has the runtime keep twice as much free on
// every stack, so none is halved to 4 KiB.
const stackMost = 9 << 10
