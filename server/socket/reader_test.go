package socket_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"quire/collab"
	"quire/collab/wire"
	"quire/server/socket"
)

// TestEveryFrameHasItsOutcome checks that every case of RFC 6455 has the expected outcome, in any pieces, in memory and through the
// kernel. The model that the fuzz test uses is checked by the same table.
func TestEveryFrameHasItsOutcome(t *testing.T) {
	r := newReader(t, readerLimits())
	cases := readerCases()
	names := map[string]bool{}
	for _, c := range cases {
		if names[c.name] {
			t.Fatalf("two cases are called %q", c.name)
		}
		names[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			want := ending{heard: c.heard, oversized: c.over, pings: c.pings, close: c.close}
			input := c.input
			if c.close == fine {
				input = join(c.input, closing(1000, ""))
			}
			r.check(t, "the model", input, want, model(input, r.limits))
			r.everyWay(t, input, want)
		})
	}
	t.Logf("FIGURE %d cases of frames, each delivered in 7 ways and split in two at every byte", len(cases))
	if len(cases) < 300 {
		t.Errorf("%d cases, want 300", len(cases))
	}
}

// everyWay delivers input in one piece, byte by byte, split in two at every byte, in random pieces, and with the handshake.
func (r *reader) everyWay(t *testing.T, input []byte, want ending) {
	t.Helper()
	small := 1
	if len(input) > 3000 {
		small = len(input) / 61 // byte by byte takes too long
	}
	seed := rand.Uint64()
	random := randomPieces(input, seed)
	r.check(t, "in one piece", input, want, r.inMemory(t, nil, input))
	r.check(t, "in small pieces", input, want, r.inMemory(t, nil, pieces(input, small)...))
	if len(input) <= 200 {
		for at := 1; at < len(input); at++ {
			r.check(t, fmt.Sprintf("split at byte %d", at), input, want, r.inMemory(t, nil, input[:at], input[at:]))
		}
	}
	r.check(t, "in pieces of a buffer", input, want, r.inMemory(t, nil, pieces(input, 4096)...))
	r.check(t, fmt.Sprintf("in random pieces, seed %d", seed), input, want, r.inMemory(t, nil, random...))
	early := min(len(input), 1+int(seed%300))
	r.check(t, "begun with the handshake", input, want, r.inMemory(t, input[:early], input[early:]))
	r.check(t, "over TCP", input, want, r.overTCP(t, input))
	r.check(t, "over TCP in small pieces", input, want, r.overTCP(t, pieces(input, small)...))
	if t.Failed() {
		t.Logf("seed of the random pieces: %d", seed)
	}
}

func randomPieces(input []byte, seed uint64) (out [][]byte) {
	rng := rand.New(rand.NewPCG(seed, 1))
	for len(input) > 0 {
		n := 1 + rng.IntN(min(len(input), 1+len(input)/3))
		out, input = append(out, input[:n]), input[n:]
	}
	return out
}

// TestBadFramesDisturbNobody sends each bad frame over a real socket while another connection goes on.
func TestBadFramesDisturbNobody(t *testing.T) {
	h := open(t, settings{limits: readerLimits()})
	other := h.call("Authorization: Bearer bob")
	for _, c := range readerCases() {
		if !c.isBad() || len(c.heard) > 0 {
			continue
		}
		ok := t.Run(c.name, func(t *testing.T) {
			p := h.call(ann)
			p.t = t
			p.send(c.input)
			if reason := p.closes(c.close); reason == "" {
				t.Error("the close gives no reason")
			}
			other.send(text("undisturbed"))
			other.says("undisturbed")
		})
		if !ok {
			return // if the server wrongly waits for more of a frame, only an unanswered ping ends it: one failure is enough
		}
	}
}

// stalled is a session whose second Pull waits.
type stalled struct {
	recorder
	pulls         int
	pulling, gate chan struct{}
}

func (s *stalled) Pull(dst []wire.Frame, _ int) []wire.Frame {
	if s.pulls++; s.pulls == 2 {
		close(s.pulling)
		<-s.gate
	}
	return dst
}

// TestAPingBeforeTheCloseIsAnswered sends a ping after the writer has taken its control frames, and then the close.
func TestAPingBeforeTheCloseIsAnswered(t *testing.T) {
	for name, end := range map[string][]byte{"the client's": closing(1000, ""), "a violation's": text("\xff")} {
		t.Run(name, func(t *testing.T) {
			s := &stalled{recorder: recorder{left: make(chan struct{})}, pulling: make(chan struct{}), gate: make(chan struct{})}
			sockets := socket.New(socket.Config{Join: func(collab.Transport, collab.Identity) socket.Session { return s }})
			server, client := inMemoryLine()
			client.SetDeadline(time.Now().Add(soon))
			sockets.Serve(server, nil, collab.Identity{User: "ann"})
			p := &peer{t: t, Conn: client, in: bufio.NewReader(client)}
			expect := func(want byte) {
				if opcode, payload, err := p.frame(); opcode != want || err != nil {
					t.Fatalf("the server sends %x %q, %v; want %x", opcode, payload, err, want)
				}
			}
			p.send(masked(0x89, []byte("a")))
			expect(0xA)
			<-s.pulling
			p.send(masked(0x89, []byte("b")), end)
			<-s.left
			close(s.gate)
			expect(0xA)
			expect(0x8)
			client.Close()
			sockets.Drain(t.Context())
		})
	}
}
