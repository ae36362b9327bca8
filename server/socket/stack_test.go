//go:build !race

package socket_test

// stackMost is what an idle connection's stack may take, bytes.
const stackMost = 5 << 10
