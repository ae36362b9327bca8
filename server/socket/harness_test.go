package socket_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"go.uber.org/goleak"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/wire"
	"quire/server/problem"
	"quire/server/socket"
	"quire/storage"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),    // the process's clock for Date headers
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2")) // sleeps 10 s at a time, then ends
}

// soon bounds every wait of these tests. A test that passes waits much less.
const soon = 20 * time.Second

// echo is a session that sends back what it receives. It replaces the engine in tests of the transport.
type echo struct {
	transport collab.Transport
	who       collab.Identity
	onFrame   func(e *echo, ctx context.Context, frame []byte) // nil: say it back

	oversized atomic.Int64

	mu     sync.Mutex
	queue  []wire.Frame
	said   int
	heard  []string
	left   chan struct{}
	leaver sync.Once
}

func (e *echo) Receive(ctx context.Context, frame []byte) {
	e.mu.Lock()
	e.heard = append(e.heard, string(frame[:min(len(frame), 256)]))
	e.mu.Unlock()
	if e.onFrame != nil {
		e.onFrame(e, ctx, frame)
		return
	}
	e.say(wire.NewFrame(frame))
}

func (e *echo) ReceiveOversized(prefix []byte, size int64) {
	e.oversized.Add(1)
	e.say(wire.NewFrame(fmt.Appendf(nil, `{"oversized":%d,"kept":%d,"begins":%.20q}`, size, len(prefix), prefix)))
}

func (e *echo) say(frames ...wire.Frame) {
	e.mu.Lock()
	e.queue = append(e.queue, frames...)
	e.said++
	flush := e.said%2 == 0
	e.mu.Unlock()
	if flush {
		e.transport.Flush()
	} else {
		e.transport.Wake()
	}
}

// PullNow returns one frame or, every third time, none, as if a frame had to be waited for.
func (e *echo) PullNow(dst []wire.Frame, _ int) ([]wire.Frame, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.said%3 == 0 {
		return dst, true
	}
	if len(e.queue) > 0 {
		dst = append(dst, e.queue[0])
		e.queue = e.queue[1:]
	}
	return dst, len(e.queue) > 0
}

func (e *echo) Pull(dst []wire.Frame, maxBytes int) []wire.Frame {
	e.mu.Lock()
	defer e.mu.Unlock()
	for n := 0; len(e.queue) > 0 && (n == 0 || n+e.queue[0].Len() <= maxBytes); e.queue = e.queue[1:] {
		n += e.queue[0].Len()
		dst = append(dst, e.queue[0])
	}
	return dst
}

func (e *echo) Leave() { e.leaver.Do(func() { close(e.left) }) }

func (e *echo) hears() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.heard...)
}

// gate accepts "Bearer <user>", the ticket <user> and the cookie user=<user>.
type gate struct {
	expires time.Time
	signIn  string
}

func (g gate) AuthenticateSocket(c *fiber.Ctx) (collab.Identity, error) {
	_, user, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), "Bearer ")
	if _, ticket, ok := strings.Cut(c.Get("Sec-WebSocket-Protocol"), "ticket."); ok {
		user = ticket
	}
	if user == "" {
		user = c.Cookies("user")
	}
	if user == "" {
		return collab.Identity{}, problem.SignedOut("Sign in first.")
	}
	return collab.Identity{
		User: storage.UserID(user), Name: user, Expires: g.expires, SignIn: g.signIn,
		Claims: map[string]access.Role{"*": access.Editor},
	}, nil
}

func (gate) OwnOrigin(c *fiber.Ctx, origin string) bool { return origin == "http://"+c.Hostname() }
func (gate) AllowedOrigin(origin string) bool           { return origin == "https://friend.example" }

// house is a running server with echo sessions.
type house struct {
	t       testing.TB
	sockets *socket.Sockets
	app     *fiber.App
	address string
	tls     *tls.Config // of a client; nil: plain
	joined  chan *echo
}

type settings struct {
	limits  socket.Limits
	timing  socket.Timing
	expires time.Time
	signIn  string
	tls     *tls.Config
	log     *slog.Logger
	onFrame func(*echo, context.Context, []byte)
	join    func(collab.Transport, collab.Identity) socket.Session
}

func open(t testing.TB, s settings) *house {
	t.Helper()
	app := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true})
	if err := socket.Tune(app); err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, app: app, joined: make(chan *echo, 1000)}
	if s.join == nil {
		s.join = func(tr collab.Transport, who collab.Identity) socket.Session {
			e := &echo{transport: tr, who: who, onFrame: s.onFrame, left: make(chan struct{})}
			h.joined <- e
			return e
		}
	}
	h.sockets = socket.Register(app.Group("/api/v1"), socket.Config{
		Join: s.join, Gate: gate{s.expires, s.signIn}, Limits: s.limits, Timing: s.timing, Log: s.log,
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.address = listener.Addr().String()
	if strings.HasPrefix(t.Name(), overTLS) {
		s.tls = selfSigned(t)
	}
	if s.tls != nil {
		h.tls = &tls.Config{InsecureSkipVerify: true} // the test's own certificate
		listener = tls.NewListener(listener, s.tls)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		h.sockets.Drain(ctx) // cuts off what the test left open
		if got := h.sockets.InUse(); got != (socket.InUse{}) {
			t.Errorf("P8: all connections have ended, and %+v is in use", got)
		}
		if err := app.ShutdownWithTimeout(soon); err != nil {
			t.Errorf("Shutdown = %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("Listener = %v", err)
		}
	})
	return h
}

func (h *house) session() *echo {
	h.t.Helper()
	select {
	case e := <-h.joined:
		return e
	case <-time.After(soon):
		h.t.Fatal("nobody joined")
		return nil
	}
}

// peer is a client that sends raw frames, so that it can send invalid ones.
type peer struct {
	t testing.TB
	net.Conn
	in       *bufio.Reader
	response *http.Response
}

// call opens a socket with extra header lines. It fails the test if it is refused.
func (h *house) call(headers ...string) *peer {
	h.t.Helper()
	p, response := h.try(nil, headers...)
	if response.StatusCode != http.StatusSwitchingProtocols {
		body, _ := io.ReadAll(response.Body)
		h.t.Fatalf("upgrade = %d %s, want 101", response.StatusCode, body)
	}
	return p
}

func (h *house) dial() net.Conn {
	h.t.Helper()
	nc, err := net.Dial("tcp", h.address)
	if err != nil {
		h.t.Fatal(err)
	}
	if h.tls != nil {
		nc = tls.Client(nc, h.tls)
	}
	h.t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(4 * soon))
	return nc
}

// try sends a handshake together with the bytes after it.
func (h *house) try(after []byte, headers ...string) (*peer, *http.Response) {
	h.t.Helper()
	nc := h.dial()
	lines := []string{
		"GET /api/v1/socket HTTP/1.1", "Host: " + h.address, "Connection: Upgrade", "Upgrade: websocket",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
	}
	request := strings.Join(append(lines, headers...), "\r\n") + "\r\n\r\n"
	if _, err := nc.Write(append([]byte(request), after...)); err != nil {
		h.t.Fatal(err)
	}
	in := bufio.NewReader(nc)
	response, err := http.ReadResponse(in, &http.Request{Method: http.MethodGet})
	if err != nil {
		h.t.Fatal(err)
	}
	return &peer{h.t, nc, in, response}, response
}

// masked builds a client's frame.
func masked(first byte, payload []byte) []byte {
	out := []byte{first}
	switch n := len(payload); {
	case n < 126:
		out = append(out, 0x80|byte(n))
	case n <= 0xffff:
		out = binary.BigEndian.AppendUint16(append(out, 0x80|126), uint16(n))
	default:
		out = binary.BigEndian.AppendUint64(append(out, 0x80|127), uint64(n))
	}
	mask := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	out = append(out, mask[:]...)
	for i, b := range payload {
		out = append(out, b^mask[i&3])
	}
	return out
}

func text(s string) []byte { return masked(0x81, []byte(s)) }

func (p *peer) send(bytes ...[]byte) {
	p.t.Helper()
	for _, b := range bytes {
		if _, err := p.Write(b); err != nil {
			p.t.Fatalf("write: %v", err)
		}
	}
}

// frame reads one frame from the server, strictly.
func (p *peer) frame() (opcode byte, payload []byte, err error) {
	var head [2]byte
	if _, err = io.ReadFull(p.in, head[:]); err != nil {
		return 0, nil, err
	}
	if head[0]&0xF0 != 0x80 || head[1]&0x80 != 0 {
		return 0, nil, fmt.Errorf("a header of % x", head)
	}
	length := uint64(head[1])
	var wide [8]byte
	switch length {
	case 126:
		if _, err = io.ReadFull(p.in, wide[:2]); err != nil {
			return 0, nil, err
		}
		length = uint64(binary.BigEndian.Uint16(wide[:]))
	case 127:
		if _, err = io.ReadFull(p.in, wide[:]); err != nil {
			return 0, nil, err
		}
		length = binary.BigEndian.Uint64(wide[:])
	}
	if length > 128<<20 {
		return 0, nil, fmt.Errorf("a frame of %d bytes", length)
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(p.in, payload)
	return head[0] & 0x0F, payload, err
}

// says reads the next data frame and compares it. It answers pings.
func (p *peer) says(want string) {
	p.t.Helper()
	if got := p.next(); got != want {
		p.t.Fatalf("the server says %.300q, want %.300q", got, want)
	}
}

func (p *peer) next() string {
	p.t.Helper()
	for {
		opcode, payload, err := p.frame()
		switch {
		case err != nil:
			p.t.Fatalf("read: %v", err)
		case opcode == 0x9:
			p.send(masked(0x8A, payload))
		case opcode == 0x1:
			return string(payload)
		case opcode == 0x8:
			p.t.Fatalf("closed with % x %q, want a message", payload[:min(2, len(payload))], payload[min(2, len(payload)):])
		}
	}
}

// closes reads up to the close frame, answers it, and expects the end of the connection.
func (p *peer) closes(want wire.CloseCode) (reason string) {
	p.t.Helper()
	for {
		opcode, payload, err := p.frame()
		if err != nil {
			p.t.Fatalf("read: %v, want a close with %d", err, want)
		}
		if opcode != 0x8 {
			continue
		}
		if len(payload) < 2 || wire.CloseCode(binary.BigEndian.Uint16(payload)) != want {
			p.t.Fatalf("closed with % x, want %d", payload, want)
		}
		if want != wire.CloseTimeout { // there, nobody waits for an answer
			p.Write(masked(0x88, payload[:2]))
		}
		if err := p.ends(); !errors.Is(err, io.EOF) {
			p.t.Errorf("after the close: %v, want a clean end; a reset may overtake the close frame", err)
		}
		return string(payload[2:])
	}
}

// ends expects the end of the connection.
func (p *peer) ends() error {
	p.t.Helper()
	_, payload, err := p.frame()
	var timeout net.Error
	if err == nil || errors.As(err, &timeout) && timeout.Timeout() {
		p.t.Fatalf("read = %.100q, %v; want the end", payload, err)
	}
	return err
}

// leaves waits for the session's end.
func (e *echo) leaves(t testing.TB) {
	t.Helper()
	select {
	case <-e.left:
	case <-time.After(soon):
		t.Fatal("the session was not left")
	}
}
