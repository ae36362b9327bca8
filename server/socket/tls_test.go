package socket_test

import (
	"crypto/tls"
	"net"
	"testing"
)

// overTLS is the prefix of the names of tests whose server uses TLS.
const overTLS = "TestOverTLS/"

// TestOverTLS runs the same tests over TLS, where a connection can neither be read without a buffer nor written without waiting.
func TestOverTLS(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"frames":                       TestFramesGoBothWays,
		"fragments":                    TestFragmentsAndControlFramesBetweenThem,
		"every byte alone":             TestEveryByteAlone,
		"early frames":                 TestInputThatCameWithTheHandshakeIsNotLost,
		"W4 oversized":                 TestW4AFrameOverTheLimitIsDiscardedAndAnswered,
		"W4 far oversized":             TestW4AMessageBeyondAllMeasureClosesTheSocket,
		"W4 oversized op":              TestW4AnOversizedOpIsRefusedByName,
		"bad frames":                   TestBadFramesDisturbNobody,
		"closing by the client":        TestClosingByTheClient,
		"a lost client":                TestALostClientLeaves,
		"closing a silent client":      TestCloseFromAnotherGoroutineEndsASilentClient,
		"nothing after a close":        TestNothingReachesTheSessionAfterClose,
		"a wait is unblocked":          TestReceiveIsUnblockedByTheEnd,
		"a panic":                      TestAPanicEndsOneConnectionAndTellsTheClientNothing,
		"a pong waits":                 TestAPongWaitsForTheFrameBeforeIt,
		"W2 a reader that stops":       TestW2AReaderThatStopsCostsOthersNothing,
		"W3 the hub's close":           TestW3TheHubsCloseReachesTheClient,
		"W5 a dead peer":               TestW5ADeadPeerIsGone,
		"W5 a slow peer":               TestW5APeerThatReadsSlowlyIsNotTakenForDead,
		"W5 a silent peer":             TestW5ASilentPeerThatAnswersPingsStays,
		"W9 the proof's end":           TestW9TheSocketEndsWithItsProof,
		"drain":                        TestDrainClosesAllAndWaits,
		"drain cuts off":               TestDrainCutsOffWhoDoesNotAnswer,
		"nothing into the next socket": TestNothingIsWrittenIntoTheNextClientsSocket,
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name == "a pong waits" {
				t.Skip("moves megabytes through a small window: runs in `make test`")
			}
			test(t)
		})
	}
}

// tcp returns the peer's socket, under TLS.
func (p *peer) tcp() *net.TCPConn {
	if over, ok := p.Conn.(*tls.Conn); ok {
		return over.NetConn().(*net.TCPConn)
	}
	return p.Conn.(*net.TCPConn)
}
