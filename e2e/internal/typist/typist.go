package typist

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/fasthttp/websocket"

	"quire/collab/delta"
)

const (
	comeBack = 25 * time.Millisecond // between attempts to connect
	lost     = 90 * time.Second      // without a frame, after which the connection counts as lost
)

// Config says who types and where.
type Config struct {
	URL      string // http://host:port
	Token    string // application token
	Document string
	Name     string // prefix of the tokens, unique among typists
	AtEnd    bool   // type at the end of the document; else each token after the one before
	OnAck    func() // called on the connection's goroutine when an op is acknowledged; nil for none
}

// Counts counts what happened to a typist.
type Counts struct {
	Connects int // connections that completed the handshake
	Resent   int // ops sent again
	Twins    int // acknowledgements of an op that was sent more than once
}

// flight is an op that was sent and is not acknowledged.
type flight struct {
	op     delta.Delta
	src    string
	seq    int64
	tokens []string
	sent   int // times
}

// Typist is one open editor. Make it with New and start Run in a goroutine.
type Typist struct {
	cfg Config

	mu       sync.Mutex
	changed  *sync.Cond // broadcast when anything below changes
	conn     *websocket.Conn
	shaken   bool // conn's handshake is done
	fetching bool // an `f` is unanswered
	id       string
	seq      int64
	revision int64 // -1: nothing read yet
	doc      delta.Delta
	inFlight *flight
	waiting  delta.Delta
	behind   []string // tokens in waiting
	caret    int      // in doc, in UTF-16 code units
	count    int      // tokens typed
	acked    []string // in the order of their acknowledgement
	counts   Counts
	closes   map[int]int // close codes seen
	err      error
}

// New returns a Typist that is not connected.
func New(cfg Config) *Typist {
	t := &Typist{cfg: cfg, revision: -1, closes: map[int]int{}}
	t.changed = sync.NewCond(&t.mu)
	return t
}

// Run connects, and reconnects whenever the connection is lost, until ctx ends or something is refused.
func (t *Typist) Run(ctx context.Context) {
	for ctx.Err() == nil && t.Err() == nil {
		if err := t.once(ctx); err != nil && ctx.Err() == nil {
			t.note(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(comeBack):
		}
	}
}

// note counts the close code, and ends the typist if the code says not to come back.
func (t *Typist) note(err error) {
	var closed *websocket.CloseError
	if !errors.As(err, &closed) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closes[closed.Code]++
	if closed.Code >= 4500 {
		t.fail("closed for good: %v", closed)
	}
}

// once runs one connection, from dial to close.
func (t *Typist) once(ctx context.Context) error {
	dialer := websocket.Dialer{HandshakeTimeout: 5 * time.Second}
	header := http.Header{"Authorization": {"Bearer " + t.cfg.Token}}
	conn, res, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(t.cfg.URL, "http")+"/api/v1/socket", header)
	if err != nil {
		if res != nil && res.StatusCode/100 == 4 && res.StatusCode != http.StatusTooManyRequests {
			t.mu.Lock()
			t.fail("upgrade refused: %s", res.Status)
			t.mu.Unlock()
		}
		return err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	defer t.drop(conn)
	t.mu.Lock()
	t.conn = conn
	t.send(map[string]any{"a": "hs", "id": nullable(t.id), "protocol": 1, "protocolMinor": 2})
	t.mu.Unlock()
	for {
		conn.SetReadDeadline(time.Now().Add(lost))
		_, frame, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		if err := t.receive(frame); err != nil {
			return err
		}
	}
}

func (t *Typist) drop(conn *websocket.Conn) {
	conn.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conn, t.shaken, t.fetching = nil, false, false
	t.changed.Broadcast()
}

func nullable(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// fail ends the typist. The caller holds mu.
func (t *Typist) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf("%s: %s", t.cfg.Name, fmt.Sprintf(format, args...))
	}
	t.changed.Broadcast()
}

// Err returns the error that ended the typist, or nil.
func (t *Typist) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// Acked returns the acknowledged tokens in the order of their acknowledgement.
func (t *Typist) Acked() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.acked...)
}

// Typed returns how many tokens were typed.
func (t *Typist) Typed() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

// Content returns the document as the typist sees it, and its revision.
func (t *Typist) Content() (delta.Delta, int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.doc.Normal(), t.revision
}

// Counts returns the counts so far, and how often each close code was received.
func (t *Typist) Counts() (Counts, map[int]int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	closes := map[int]int{}
	for code, n := range t.closes {
		closes[code] = n
	}
	return t.counts, closes
}

// await waits until reached returns true. It returns an error if ctx or the typist ends first.
func (t *Typist) await(ctx context.Context, what string, reached func() bool) error {
	stop := context.AfterFunc(ctx, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.changed.Broadcast()
	})
	defer stop()
	t.mu.Lock()
	defer t.mu.Unlock()
	for !reached() {
		if t.err != nil {
			return t.err
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %s did not happen: %w (revision %d, in flight %v, %d tokens waiting)",
				t.cfg.Name, what, ctx.Err(), t.revision, t.inFlight != nil, len(t.behind))
		}
		t.changed.Wait()
	}
	return nil
}

// Opened waits until the document has been read.
func (t *Typist) Opened(ctx context.Context) error {
	return t.await(ctx, "opening", func() bool { return t.revision >= 0 })
}

// Settled waits until everything typed is acknowledged and the typist has reached revision.
func (t *Typist) Settled(ctx context.Context, revision int64) error {
	return t.await(ctx, fmt.Sprintf("settling at revision %d", revision), func() bool {
		return t.inFlight == nil && len(t.waiting) == 0 && t.revision >= revision
	})
}
