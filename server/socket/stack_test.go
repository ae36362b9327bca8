//go:build !race

package socket_test

// stackMost is how many bytes an idle connection's stack may take.
const stackMost = 5 << 10
