package socket_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"quire/collab/wire"
	"quire/server/socket"
	"quire/server/tlstest"
)

// selfSigned returns a certificate for one test.
func selfSigned(t testing.TB) *tls.Config {
	t.Helper()
	return tlstest.NewAuthority(t).Issue(t, "127.0.0.1").Server(t)
}

// TestControlFramesNeverLandInsideOthers reads pongs, frames of all sizes from several goroutines and finally a close, strictly. A
// second concurrent writer would break a frame.
func TestControlFramesNeverLandInsideOthers(t *testing.T) {
	for name, config := range map[string]*tls.Config{"plain": nil, "tls": selfSigned(t)} {
		t.Run(name, func(t *testing.T) {
			h := open(t, settings{tls: config, onFrame: func(*echo, context.Context, []byte) {}})
			p := h.call(ann)
			s := h.session()
			const writers, each = 4, 60
			var all sync.WaitGroup
			for w := range writers {
				all.Go(func() {
					for i := range each {
						s.say(wire.NewFrame([]byte(strings.Repeat(string(rune('a'+w)), 1+(i*i*w*53)%200_000))))
					}
				})
			}
			all.Go(func() {
				for i := range 200 {
					p.Write(masked(0x89, fmt.Appendf(nil, "%d", i)))
				}
			})
			got := 0
			for pongs := 0; got < writers*each; {
				opcode, payload, err := p.frame()
				if err != nil {
					t.Fatalf("after %d frames and %d pongs: %v", got, pongs, err)
				}
				switch {
				case opcode == 0xA:
					pongs++
				case opcode != 0x1 || strings.Trim(string(payload), string(payload[:1])) != "":
					t.Fatalf("frame %d has opcode %x and is mixed", got, opcode)
				default:
					got++
				}
			}
			all.Wait()
			s.transport.Close(wire.CloseRestarting, "bye")
			p.closes(wire.CloseRestarting)
			s.leaves(t)
		})
	}
}

// TestAPongWaitsForTheFrameBeforeIt sends pings while the server is stuck in the middle of a large frame. Answering them outside
// the writer would break that frame.
func TestAPongWaitsForTheFrameBeforeIt(t *testing.T) {
	h := open(t, settings{})
	p := h.call(ann)
	s := h.session()
	large := strings.Repeat("x", 32<<20) // more than the kernel takes, so the writer waits
	s.say(wire.NewFrame([]byte(large)))
	if _, err := p.in.Peek(100); err != nil { // the frame has begun
		t.Fatal(err)
	}
	p.send(masked(0x89, []byte("first")), masked(0x89, []byte("last")), text("heard"))
	for len(s.hears()) == 0 { // the pings were read before this
		runtime.Gosched()
	}
	p.says(large)
	opcode, payload, err := p.frame()
	if opcode != 0xA || string(payload) != "last" || err != nil {
		t.Fatalf("then came %x %.100q %v, want the pong to the last ping", opcode, payload, err)
	}
	p.says("heard")
}

// An idle TLS connection is pinged and closed like any other.
func TestTLSPeersArePingedToo(t *testing.T) {
	h := open(t, settings{tls: selfSigned(t), timing: socket.Timing{PingEvery: 10 * time.Millisecond, PongWait: soon}})
	p := h.call(ann)
	for range 3 {
		opcode, payload, err := p.frame()
		if opcode != 0x9 || err != nil {
			t.Fatalf("got %x %v, want a ping", opcode, err)
		}
		p.send(masked(0x8A, payload))
	}
	p.send(text(strings.Repeat("x", 100_000)))
	p.says(strings.Repeat("x", 100_000))
}

// TestW2AReaderThatStopsCostsOthersNothing stops one reader in the middle of a lot of output: the others must get all of theirs.
func TestW2AReaderThatStopsCostsOthersNothing(t *testing.T) {
	h := open(t, settings{timing: socket.Timing{WriteWait: 300 * time.Millisecond, CloseWait: 50 * time.Millisecond}})
	stopped := h.call(ann)
	stopped.tcp().SetReadBuffer(4 << 10)
	stuck := h.session()
	frame := wire.NewFrame([]byte(strings.Repeat("x", 1<<20)))
	for range 64 { // far more than the kernel takes
		stuck.say(frame)
	}
	other := h.call("Authorization: Bearer bob")
	for i := range 200 {
		want := fmt.Sprint(i)
		start := time.Now()
		other.send(text(want))
		other.says(want)
		if took := time.Since(start); took > time.Second {
			t.Fatalf("echo %d took %v beside a stopped reader", i, took)
		}
	}
	stuck.leaves(t) // a reader that stopped is cut off
}
