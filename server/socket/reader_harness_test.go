package socket_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quire/collab"
	"quire/collab/wire"
	"quire/server/socket"
)

// recorder is a session that only records what it receives.
type recorder struct {
	mu   sync.Mutex
	said ending
	left chan struct{}
}

func (r *recorder) Receive(_ context.Context, frame []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said.heard = append(r.said.heard, string(frame))
}

func (r *recorder) ReceiveOversized(prefix []byte, size int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(prefix) > wire.PrefixBytes {
		size = -1 // too much was kept
	}
	r.said.oversized = append(r.said.oversized, size)
}

func (r *recorder) Pull(dst []wire.Frame, _ int) []wire.Frame            { return dst }
func (r *recorder) PullNow(dst []wire.Frame, _ int) ([]wire.Frame, bool) { return dst, false }
func (r *recorder) Leave()                                               { close(r.left) }

// reader serves single connections, to which bytes are delivered in one of several ways.
type reader struct {
	sockets  *socket.Sockets
	limits   socket.Limits
	recorder *recorder // of the connection being served
	listener *net.TCPListener
}

func newReader(t testing.TB, limits socket.Limits) *reader {
	t.Helper()
	r := &reader{limits: limits}
	r.sockets = socket.New(socket.Config{
		Join:   func(collab.Transport, collab.Identity) socket.Session { return r.recorder },
		Limits: limits,
	})
	var err error
	if r.listener, err = net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.listener.Close()
		r.sockets.Drain(context.Background())
		if got := r.sockets.InUse(); got != (socket.InUse{}) {
			t.Errorf("P8: all connections have ended, and %+v is in use", got)
		}
	})
	return r
}

// line is a connection in memory. A read returns bytes of at most one write, so the writer decides in which pieces they arrive.
type line struct{ in, out net.Conn }

func (l line) Read(b []byte) (int, error)         { return l.in.Read(b) }
func (l line) Write(b []byte) (int, error)        { return l.out.Write(b) }
func (l line) SetReadDeadline(t time.Time) error  { return l.in.SetReadDeadline(t) }
func (l line) SetWriteDeadline(t time.Time) error { return l.out.SetWriteDeadline(t) }
func (l line) SetDeadline(t time.Time) error {
	return errors.Join(l.in.SetReadDeadline(t), l.out.SetWriteDeadline(t))
}
func (l line) CloseWrite() error    { return l.out.Close() }
func (l line) Close() error         { return errors.Join(l.in.Close(), l.out.Close()) }
func (l line) LocalAddr() net.Addr  { return l.in.LocalAddr() }
func (l line) RemoteAddr() net.Addr { return l.in.RemoteAddr() }

// halfCloser is implemented by both kinds of connection.
type halfCloser interface {
	net.Conn
	CloseWrite() error
}

// inMemory delivers pieces one by one, early with the handshake.
func (r *reader) inMemory(t testing.TB, early []byte, pieces ...[]byte) ending {
	t.Helper()
	server, client := inMemoryLine()
	return r.converse(t, server, client, early, pieces)
}

func inMemoryLine() (server, client line) {
	toServer, fromClient := net.Pipe()
	toClient, fromServer := net.Pipe()
	return line{toServer, fromServer}, line{toClient, fromClient}
}

// overTCP delivers pieces through the kernel, where sockets are read without holding a buffer.
func (r *reader) overTCP(t testing.TB, pieces ...[]byte) ending {
	t.Helper()
	client, err := net.DialTCP("tcp", nil, r.listener.Addr().(*net.TCPAddr))
	if err != nil {
		t.Fatal(err)
	}
	server, err := r.listener.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	client.SetLinger(0) // leaves no connection in TIME_WAIT: a fuzzer opens thousands
	return r.converse(t, server, client, nil, pieces)
}

func (r *reader) converse(t testing.TB, server, client halfCloser, early []byte, pieces [][]byte) ending {
	t.Helper()
	rec := &recorder{left: make(chan struct{})}
	r.recorder = rec
	client.SetDeadline(time.Now().Add(soon))
	r.sockets.Serve(server, early, collab.Identity{User: "ann"})
	written := make(chan struct{})
	go func() {
		defer close(written)
		for _, p := range pieces {
			if _, err := client.Write(p); err != nil {
				return // the server reads no more
			}
		}
		client.CloseWrite()
	}()
	p := &peer{t: t, Conn: client, in: bufio.NewReaderSize(client, 16)}
	var pongs []string
	var code wire.CloseCode
	for {
		opcode, payload, err := p.frame()
		if err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatalf("the server does not end: %v", err)
			}
			break
		}
		switch {
		case code != 0:
			t.Fatalf("after its close frame the server sends %x % x", opcode, payload)
		case opcode == 0xA:
			pongs = append(pongs, string(payload))
		case opcode != 0x8:
			t.Fatalf("the server sends opcode %x", opcode)
		case len(payload) == 0:
			code = closeWithout
		default:
			code = wire.CloseCode(binary.BigEndian.Uint16(payload))
		}
	}
	client.Close()
	<-written
	<-rec.left
	rec.said.pings, rec.said.close = pongs, code
	return rec.said
}

// differs returns how a run differs from what is expected, or "". Of several pings in a row only the newest needs an answer.
func (want ending) differs(got ending) string {
	switch {
	case !slices.Equal(got.heard, want.heard):
		return "the session heard other messages"
	case !slices.Equal(got.oversized, want.oversized):
		return "the session was told of other oversized messages"
	case got.close != want.close:
		return "the close code differs"
	case want.close != 0 && len(want.pings) > 0 && (len(got.pings) == 0 || got.pings[len(got.pings)-1] != want.pings[len(want.pings)-1]):
		return "the last ping was not answered"
	}
	left := want.pings
	for _, pong := range got.pings {
		i := slices.Index(left, pong)
		if i < 0 {
			return "a pong answers no ping"
		}
		left = left[i+1:]
	}
	return ""
}

func (r *reader) check(t testing.TB, how string, input []byte, want, got ending) {
	t.Helper()
	if d := want.differs(got); d != "" {
		t.Errorf("%s, %s: %s\ninput % x\nwant %s\ngot  %s", how, d, d, input[:min(len(input), 400)], want, got)
	}
}

func (e ending) String() string {
	var b strings.Builder
	for _, s := range e.heard {
		b.WriteString(" heard ")
		b.WriteString(s[:min(len(s), 40)])
	}
	for range e.oversized {
		b.WriteString(" oversized")
	}
	for _, s := range e.pings {
		b.WriteString(" ping ")
		b.WriteString(s)
	}
	return b.String() + " close " + e.close.String()
}

// pieces cuts b into pieces of n bytes.
func pieces(b []byte, n int) [][]byte {
	return slices.Collect(slices.Chunk(b, n))
}
