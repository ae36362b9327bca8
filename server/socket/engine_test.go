package socket_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/delta"
	"quire/collab/session"
	"quire/collab/wire"
	"quire/server/socket"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/sealed"
)

// engine serves sockets with a real hub over the memory store.
func engine(t *testing.T, s settings) (*house, *collab.Hub) {
	t.Helper()
	hub, err := collab.NewHub(collab.Config{Store: memory.New(), Secret: sealed.Of("a secret of the tests")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hub.Close) // runs after the sockets have ended
	s.join = func(tr collab.Transport, who collab.Identity) socket.Session { return session.Join(hub, tr, who) }
	return open(t, s), hub
}

func create(t *testing.T, hub *collab.Hub, id storage.DocumentID, content string) {
	t.Helper()
	who := collab.Identity{User: "ann", Claims: map[string]access.Role{"*": access.Owner}}
	if _, err := hub.Create(t.Context(), who, storage.Document{ID: id}, delta.FromText(content)); err != nil {
		t.Fatal(err)
	}
}

// hello opens a socket and does the protocol's handshake.
func (h *house) hello(user string) *peer {
	h.t.Helper()
	p := h.call("Authorization: Bearer " + user)
	p.send(text(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2}`))
	if got := p.next(); !strings.HasPrefix(got, `{"a":"hs","protocol":1,`) {
		h.t.Fatalf("the handshake is answered with %s", got)
	}
	return p
}

// types sends one op and expects its ack.
func (p *peer) types(doc string, v, seq int) {
	p.t.Helper()
	p.send(text(fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":%d,"seq":%d,"x":{},"op":[{"insert":"x"}]}`, doc, v, seq)))
	got := p.next()
	if !strings.Contains(got, fmt.Sprintf(`"v":%d`, v)) || strings.Contains(got, "error") || strings.Contains(got, `"op":[`) {
		p.t.Fatalf("op %d at %d is answered with %s, want its ack", seq, v, got)
	}
}

// TestBadInputDisturbsNobody checks that every message that the protocol refuses gets a reply that echoes it, or a close if there
// is nothing to echo, while another user types on.
func TestBadInputDisturbsNobody(t *testing.T) {
	h, hub := engine(t, settings{})
	create(t, hub, "d1", "text\n")
	create(t, hub, "other", "text\n")
	other := h.hello("bob")
	typed := 0
	for _, g := range badFrames(t) {
		t.Run(g.Name, func(t *testing.T) {
			h.t = t
			p := h.hello("ann")
			p.send(text(g.text(t)))
			if g.Fatal {
				if reason := p.closes(wire.CloseProtocolError); reason == "" {
					t.Error("the close gives no reason")
				}
			} else {
				var answer struct{ Error wire.Error }
				if got := p.next(); json.Unmarshal([]byte(got), &answer) != nil || answer.Error.Code != g.Err || answer.Error.Message == "" {
					t.Errorf("answered with %.300s, want %s and why", got, g.Err)
				}
				p.send(text(`{"a":"pp"}`))
				p.says(`{"a":"pp"}`) // the session goes on
			}
			p.Close()
			typed++
			other.types("other", typed, typed)
		})
	}
	h.t = t
}

// badFrame is one file of collab/wire/testdata/frames.
type badFrame struct {
	Name, Dir string
	Frame     json.RawMessage
	Raw       *string
	Err       wire.Code
	Fatal     bool
}

func (b badFrame) text(*testing.T) string {
	if b.Raw != nil {
		return *b.Raw
	}
	return string(b.Frame)
}

func badFrames(t *testing.T) (all []badFrame) {
	t.Helper()
	files, err := filepath.Glob("../../collab/wire/testdata/frames/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden frames: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var page []badFrame
		if err := json.Unmarshal(data, &page); err != nil {
			t.Fatal(err)
		}
		for _, b := range page {
			if b.Dir == "c2s" && (b.Err != "" || b.Fatal) {
				all = append(all, b)
			}
		}
	}
	return all
}

// W4: an op over the limit gets an error reply, and its sender's connection stays.
func TestW4AnOversizedOpIsRefusedByName(t *testing.T) {
	h, hub := engine(t, settings{})
	create(t, hub, "d1", "text\n")
	p := h.hello("ann")
	p.send(text(`{"a":"op","c":"documents","d":"d1","v":1,"seq":9,"x":{},"op":[{"insert":"` + strings.Repeat("x", 3<<20) + `"}]}`))
	got := p.next()
	for _, want := range []string{`"d":"d1"`, `"seq":9`, string(wire.CodeTooLarge)} {
		if !strings.Contains(got, want) {
			t.Errorf("answered with %s, want %s in it", got, want)
		}
	}
	p.types("d1", 1, 10)
}

// slowLine is a connection that reads at a limited rate, in real time.
type slowLine struct {
	net.Conn
	rate  int // bytes per second
	start time.Time
	read  int
}

func (s *slowLine) Read(b []byte) (int, error) {
	time.Sleep(time.Until(s.start.Add(time.Duration(s.read) * time.Second / time.Duration(s.rate))))
	n, err := s.Conn.Read(b[:min(len(b), s.rate/8)])
	s.read += n
	return n, err
}

// slow makes a peer read at rate from now on. It makes the kernel's buffer small, because the kernel would read ahead.
func (p *peer) slow(t *testing.T, rate int) {
	t.Helper()
	if err := p.tcp().SetReadBuffer(16 << 10); err != nil {
		t.Fatal(err)
	}
	p.SetDeadline(time.Now().Add(30 * time.Minute))
	p.in = bufio.NewReader(&slowLine{Conn: p.Conn, rate: rate, start: time.Now()})
}

// TestW2ASlowReaderKeepsUp checks that a reader at 64 kB/s gets a large snapshot and many ops over one connection, and that
// neither it nor a reader that stops affects another reader. Plain and TLS run in parallel, since most of it is waiting.
//
// The full size (10 M units, 10^5 ops: 21 MB, 5.5 minutes) runs in `make test-long`; `make test` runs a seventh.
func TestW2ASlowReaderKeepsUp(t *testing.T) {
	units, ops := 1_500_000, 10_000
	switch {
	case os.Getenv("QUIRE_LONG") != "":
		units, ops = 9_800_000, 100_000
	case os.Getenv("QUIRE_FULL") == "":
		t.Skip("takes 40 s: runs in `make test` (QUIRE_FULL=1)")
	}
	for name, config := range map[string]*tls.Config{"plain": nil, "TLS": selfSigned(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			aSlowReaderKeepsUp(t, config, units, ops)
		})
	}
}

func aSlowReaderKeepsUp(t *testing.T, config *tls.Config, units, ops int) {
	h, hub := engine(t, settings{tls: config, log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	create(t, hub, "large", strings.Repeat("x", units)+"\n")
	const subscribe = `{"a":"s","c":"documents","d":"large","v":null}`

	stopped := h.hello("eve")
	stopped.slow(t, 1)
	stopped.send(text(subscribe))
	slow := h.hello("sue")
	slow.slow(t, 64_000)
	slow.send(text(subscribe))
	fast, typist := h.hello("bob"), h.hello("ann")
	fast.SetDeadline(time.Now().Add(20 * time.Minute))
	typist.SetDeadline(time.Now().Add(20 * time.Minute))
	fast.send(text(subscribe))

	begun := time.Now()
	all := make(chan string, 1)
	go func() { all <- follows(slow, units, ops) }()
	go typing(typist, ops)
	if wrong := follows(fast, units, ops); wrong != "" {
		t.Fatalf("the fast reader %s", wrong)
	}
	took := time.Since(begun)
	if wrong := <-all; wrong != "" {
		t.Fatalf("the slow reader %s", wrong)
	}
	t.Logf("FIGURE %d units and %d ops at 64 kB/s: the fast reader %v, the slow one %v on one connection", units, ops, took, time.Since(begun))
	if took > time.Since(begun)/2 {
		t.Errorf("the fast reader took %v: as if it waited for the slow one", took)
	}
}

// follows reads the snapshot and n ops after it and checks that each comes once and in order (P3). It returns what was wrong.
func follows(p *peer, units, n int) string {
	at := 0 // the next version
	for at <= n {
		opcode, payload, err := p.frame()
		got := string(payload[:min(len(payload), 200)])
		switch {
		case err != nil:
			return fmt.Sprintf("at version %d: %v", at, err)
		case opcode == 0x9:
			if _, err := p.Write(masked(0x8A, payload)); err != nil {
				return fmt.Sprintf("at version %d: %v", at, err)
			}
		case at == 0:
			if _, err := fmt.Sscanf(got, `{"a":"s","c":"documents","d":"large","data":{"v":%d,`, &at); err != nil || len(payload) < units {
				return fmt.Sprintf("got %d bytes %s, want the snapshot", len(payload), got)
			}
		case !strings.HasPrefix(got, fmt.Sprintf(`{"a":"op","c":"documents","d":"large","v":%d,`, at)):
			return fmt.Sprintf("got %s, want op %d", got, at)
		default:
			at++
		}
	}
	return ""
}

// typing sends ops one by one, each as soon as the one before is acknowledged.
func typing(p *peer, ops int) {
	for i := range ops {
		op := fmt.Sprintf(`{"a":"op","c":"documents","d":"large","v":%d,"seq":%d,"x":{},"op":[{"insert":"x"}]}`, i+1, i+1)
		if _, err := p.Write(text(op)); err != nil {
			return
		}
		if _, _, err := p.frame(); err != nil {
			return
		}
	}
}

// TestW3TheHubsCloseReachesTheClient checks that a restart is announced and closes with 4000.
func TestW3TheHubsCloseReachesTheClient(t *testing.T) {
	h, hub := engine(t, settings{})
	create(t, hub, "d1", "text\n")
	p := h.hello("ann")
	drained := make(chan error, 1)
	go func() { drained <- hub.Drain(context.Background()) }()
	for {
		opcode, payload, err := p.frame()
		if err != nil {
			t.Fatal(err)
		}
		if opcode == 0x8 {
			if code := binary.BigEndian.Uint16(payload); code != uint16(wire.CloseRestarting) {
				t.Errorf("closed with %d, want 4000", code)
			}
			break
		}
	}
	p.send(masked(0x88, []byte{0x0f, 0xa0}))
	if err := <-drained; err != nil {
		t.Errorf("Drain = %v", err)
	}
}
