package socket_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"quire/collab"
	"quire/collab/wire"
	"quire/server/socket"
)

const ann = "Authorization: Bearer ann"

func TestFramesGoBothWays(t *testing.T) {
	for _, size := range []int{0, 1, 125, 126, 127, 4095, 4096, 4097, 65535, 65536, 1 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			p := open(t, settings{}).call(ann)
			want := strings.Repeat("x", size)
			p.send(text(want), text("after"))
			p.says(want)
			p.says("after")
		})
	}
}

func TestFragmentsAndControlFramesBetweenThem(t *testing.T) {
	p := open(t, settings{}).call(ann)
	p.send(masked(0x01, []byte("Grü")[:3]), masked(0x89, []byte("hello?")), masked(0x00, []byte("Grü")[3:]),
		masked(0x8A, nil), masked(0x80, []byte("ße")))
	opcode, payload, err := p.frame()
	if opcode != 0xA || string(payload) != "hello?" || err != nil {
		t.Fatalf("first came %x %q %v, want the pong", opcode, payload, err)
	}
	p.says("Grüße")
}

func TestEveryByteAlone(t *testing.T) {
	p := open(t, settings{}).call(ann)
	for _, b := range append(masked(0x01, []byte("byte ")), masked(0x80, []byte("by byte"))...) {
		p.send([]byte{b})
	}
	p.says("byte by byte")
}

// The first frame of a fast client may arrive with the handshake.
func TestInputThatCameWithTheHandshakeIsNotLost(t *testing.T) {
	h := open(t, settings{})
	p, _ := h.try(append(text("early"), text("bird")...), ann)
	p.says("early")
	p.says("bird")
}

func TestW4AFrameOverTheLimitIsDiscardedAndAnswered(t *testing.T) {
	h := open(t, settings{limits: socket.Limits{Frame: 10_000}})
	p := h.call(ann)
	big := strings.Repeat("a", 3<<20)
	p.send(text(big))
	p.says(`{"oversized":3145728,"kept":4096,"begins":"aaaaaaaaaaaaaaaaaaaa"}`)
	p.send(masked(0x01, []byte(big[:9_999])), masked(0x00, []byte("b")), masked(0x80, []byte("c")))
	p.says(`{"oversized":10001,"kept":4096,"begins":"aaaaaaaaaaaaaaaaaaaa"}`)
	p.send(text("still here"))
	p.says("still here")
}

func TestW4AMessageBeyondAllMeasureClosesTheSocket(t *testing.T) {
	h := open(t, settings{limits: socket.Limits{Frame: 10_000, Discard: 100_000}})
	p := h.call(ann)
	p.send(masked(0x01, make([]byte, 60_000)), append(masked(0x00, make([]byte, 50_000)), make([]byte, 60_000)...))
	p.closes(wire.CloseTooBig)
}

func TestUnfinishedLargeMessagesAreBoundedTogether(t *testing.T) {
	h := open(t, settings{limits: socket.Limits{Assembling: 1 << 20}})
	first, second := h.call(ann), h.call("Authorization: Bearer bob")
	part := masked(0x01, bytes.Repeat([]byte("x"), 700_000))
	first.send(part)
	second.send(part)
	first.send(masked(0x89, nil))
	second.Write(masked(0x89, nil))
	// the later one is asked to come back, the other continues
	type end struct {
		who    *peer
		opcode byte
	}
	ends := make(chan end, 2)
	for _, p := range []*peer{first, second} {
		go func() {
			opcode, _, _ := p.frame()
			ends <- end{p, opcode}
		}()
	}
	one, two := <-ends, <-ends
	if one.opcode == 0x8 {
		one, two = two, one
	}
	if one.opcode != 0xA || two.opcode != 0x8 {
		t.Fatalf("opcodes %x and %x, want a pong for one and a close for the other", one.opcode, two.opcode)
	}
	one.who.send(masked(0x80, []byte("!")))
	one.who.says(strings.Repeat("x", 700_000) + "!")
	for range 3 { // a message that has arrived no longer counts, although its connection stays
		one.who.send(part, masked(0x80, []byte("!")))
		one.who.says(strings.Repeat("x", 700_000) + "!")
	}
}

// §1: whatever one account leaves half sent on however many connections, another's large message arrives.
func TestP8HalfSentMessagesOfOneCountForThemAlone(t *testing.T) {
	h := open(t, settings{limits: socket.Limits{Assembling: 8 << 20}})
	part := masked(0x01, bytes.Repeat([]byte("x"), 700_000))
	for range 30 {
		h.call("Authorization: Bearer eve").Write(part)
	}
	for end := time.Now().Add(5 * time.Second); h.sockets.InUse().Assembling < 1<<20 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	for range 5 {
		p := h.call(ann)
		p.send(part, masked(0x80, []byte("!")))
		p.says(strings.Repeat("x", 700_000) + "!")
	}
	if used := h.sockets.InUse().Assembling; used > 8<<20 {
		t.Errorf("%d bytes are taken", used)
	}
}

// A message that has begun and stands still ends, also if pings are answered between its pieces, or pieces of nothing come.
func TestAMessageThatStandsStillEnds(t *testing.T) {
	for name, more := range map[string][]byte{
		"nothing": nil, "pongs": masked(0x8A, nil), "pings": masked(0x89, nil), "pieces of nothing": masked(0x00, nil),
	} {
		h := open(t, settings{timing: socket.Timing{PingEvery: 60 * time.Millisecond, PongWait: time.Hour, Stall: 150 * time.Millisecond}})
		p := h.call(ann)
		if more == nil {
			p.send(masked(0x81, bytes.Repeat([]byte("x"), 50_000))[:30_000])
		} else {
			p.send(masked(0x01, bytes.Repeat([]byte("x"), 50_000)))
		}
		done := make(chan struct{})
		go func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(20 * time.Millisecond):
					p.Write(more)
				}
			}
		}()
		if reason := p.closes(wire.CloseTimeout); !strings.Contains(reason, "stopped") {
			t.Errorf("%s: it is closed because %q", name, reason)
		}
		close(done)
	}
}

// One that goes on slowly is whole in the end.
func TestAMessageThatGoesOnSlowlyArrives(t *testing.T) {
	h := open(t, settings{timing: socket.Timing{PingEvery: 60 * time.Millisecond, Stall: 300 * time.Millisecond}})
	p := h.call(ann)
	frame := text(strings.Repeat("x", 20_000))
	for piece := range slices.Chunk(frame, 2_000) {
		p.send(piece)
		time.Sleep(100 * time.Millisecond)
	}
	p.says(strings.Repeat("x", 20_000))
}

func TestW5ADeadPeerIsGone(t *testing.T) {
	h := open(t, settings{timing: socket.Timing{PingEvery: 30 * time.Millisecond, PongWait: 40 * time.Millisecond}})
	p := h.call(ann)
	s := h.session()
	p.closes(wire.CloseTimeout) // closes reads the pings but answers none
	s.leaves(t)
}

// A peer on a slow line reaches our ping only after everything sent before it. It is alive as long as it reads, and dead when it
// stops. The test sets the time between two judgements, so a busy machine does not matter.
func TestW5APeerThatReadsSlowlyIsNotTakenForDead(t *testing.T) {
	const wait, step, steps = time.Second, 384 << 10, 16
	nc, peer := pair(t)
	s := &echo{}
	sockets := socket.New(socket.Config{Timing: socket.Timing{PingEvery: wait, PongWait: wait}})
	now := time.Now()
	w := sockets.Watch(nc, func(tr collab.Transport) socket.Session { s.transport = tr; return s }, now)
	defer w.End()
	s.say(wire.NewFrame(make([]byte, 2*step*steps)))
	for i := range steps {
		if _, err := io.CopyN(io.Discard, peer, step); err != nil {
			t.Fatal(err)
		}
		now = now.Add(wait)
		if err := w.Silent(now); err != nil {
			t.Fatalf("after %d steps: %v, although it reads", i+1, err)
		}
	}
	// Unread bytes may still move into the kernel's buffers, which can take a while on a busy machine.
	for began := time.Now(); w.Silent(now) == nil; runtime.Gosched() {
		if now = now.Add(wait); time.Since(began) > time.Minute {
			t.Fatal("a peer that reads no more is not taken for dead")
		}
	}
}

// pair returns both ends of a connection with small buffers, over TLS if the test is.
func pair(t *testing.T) (server, client net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp", l.Addr().String()); err == nil {
		err = client.(*net.TCPConn).SetReadBuffer(64 << 10) // the kernel would read ahead
	}
	if err == nil {
		server, err = l.Accept()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	if strings.HasPrefix(t.Name(), overTLS) {
		over := tls.Server(server, selfSigned(t))
		server, client = over, tls.Client(client, &tls.Config{InsecureSkipVerify: true}) // the test's own certificate
		greeted := make(chan error, 1)
		go func() { greeted <- over.Handshake() }()
		if err := errors.Join(client.(*tls.Conn).Handshake(), <-greeted); err != nil {
			t.Fatal(err)
		}
	}
	return server, client
}

func TestW5ASilentPeerThatAnswersPingsStays(t *testing.T) {
	h := open(t, settings{timing: socket.Timing{PingEvery: 10 * time.Millisecond, PongWait: 10 * time.Second}})
	p := h.call(ann)
	for range 10 {
		opcode, payload, err := p.frame()
		if opcode != 0x9 || err != nil {
			t.Fatalf("got %x %v, want a ping", opcode, err)
		}
		p.send(masked(0x8A, payload))
	}
	p.send(text("here"))
	p.says("here")
}

func TestSubprotocol(t *testing.T) {
	h := open(t, settings{})
	p := h.call("Sec-WebSocket-Protocol: quire, ticket.ann")
	if got := p.response.Header.Get("Sec-WebSocket-Protocol"); got != "quire" {
		t.Errorf("subprotocol %q, want quire", got)
	}
	if s := h.session(); s.who.User != "ann" {
		t.Errorf("user %q, want the ticket's", s.who.User)
	}
}
