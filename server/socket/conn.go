package socket

import (
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"quire/collab"
	"quire/collab/wire"
)

// conn is one connection. serve is the goroutine that owns it.
type conn struct {
	sockets *Sockets
	who     collab.Identity
	address string
	nc      net.Conn
	session Session // set by serve before the first flush
	begun   time.Time

	// serve's own:
	in      *source // what is read
	message message // what arrives in pieces
	pulse   pulse   // whether the peer is alive
	resumed bool    // whether others may write

	life     lifetime // ends when the connection is closing
	writer   writerState
	unread   atomic.Int64 // bytes written since the last that came in
	progress atomic.Int64 // when a write that had to wait last got on, Unix nanoseconds

	mu      sync.Mutex // guards what follows; nothing blocks under it
	control []byte     // control frames to write before the next data
	closing bool
	code    wire.CloseCode
	reason  string
	pulling bool      // whether the session's last words still go out
	closeBy time.Time // when the connection is cut off, once closing
	closed  bool      // the close frame is written, or cannot be
}

func newConn(s *Sockets, nc net.Conn, early []byte, a *admission) *conn {
	c := &conn{sockets: s, who: a.who, address: a.address, nc: nc, begun: time.Now()}
	c.in = newSource(nc, early, &s.buffers)
	limitUnacknowledged(nc, s.timing.WriteWait)
	return c
}

var errPeerClosed = errors.New("the client closed")

// violation is a reason to close that lies in what the client sent.
type violation struct {
	code   wire.CloseCode
	reason string
}

func (v *violation) Error() string { return v.reason }

// serve reads until the connection ends, and outlives everybody who writes.
func (c *conn) serve() {
	defer c.sockets.remove(c)
	defer c.nc.Close()
	c.writer.begin() // nobody writes before there is a session
	cause := c.run()
	c.life.end()
	c.finish(cause)
	c.in.close()
	c.log(cause)
}

// run is the session's life. A panic of the engine ends this connection only.
func (c *conn) run() (cause error) {
	defer func() {
		if p := recover(); p != nil {
			cause = c.panicked(p)
		}
	}()
	c.session = c.sockets.cfg.Join(c, c.who)
	defer c.session.Leave()
	defer c.expire()()
	c.resumed = true
	c.resume()
	return c.read()
}

func (c *conn) panicked(p any) error {
	c.sockets.log.Error("socket: panic in a session", "user", c.who.User, "panic", p, "stack", string(debug.Stack()))
	return &violation{wire.CloseInternal, "internal error"}
}

// expire closes the connection when the proof of sign-in ends; the result calls that off.
func (c *conn) expire() func() {
	if c.who.Expires.IsZero() {
		return func() {}
	}
	timer := time.AfterFunc(time.Until(c.who.Expires), func() {
		if c.who.SignIn == "" {
			c.close(wire.CloseTokenExpired, "the token has expired", lastWordsKept)
		} else {
			c.close(wire.CloseSignedOut, "the sign-in has ended", lastWordsKept)
		}
	})
	return func() { timer.Stop() }
}

// lastWords says whether what the session still has to say goes out before the close frame.
type lastWords bool

const (
	lastWordsKept lastWords = false
	lastWordsSaid lastWords = true
)

// Close implements collab.Transport.
func (c *conn) Close(code wire.CloseCode, reason string) { c.close(code, reason, lastWordsSaid) }

// Wake implements collab.Transport.
func (c *conn) Wake() {
	if c.writer.claim() {
		go c.flush()
	}
}

// close asks for the end; the first reason counts. From now on nothing that comes in reaches the session.
func (c *conn) close(code wire.CloseCode, reason string, words lastWords) {
	if c.beginClosing(code, reason, words) {
		c.life.end()
		c.Wake()
	}
}

func (c *conn) beginClosing(code wire.CloseCode, reason string, words lastWords) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	c.closing, c.code, c.reason, c.pulling = true, code, reason, bool(words)
	c.closeBy = time.Now().Add(c.sockets.timing.CloseWait)
	c.nc.SetDeadline(c.closeBy) // cuts off a write that waits, too
	return true
}

func (c *conn) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// finish ends the writing, with the close frame that cause asks for, if any.
func (c *conn) finish(cause error) {
	var bad *violation
	switch {
	case errors.As(cause, &bad):
		c.beginClosing(bad.code, bad.reason, lastWordsKept)
	case errors.Is(cause, errPeerClosed): // its answer is begun
	case !c.isClosing():
		c.nc.Close() // nobody is there: a writer that waits need not
	}
	if c.resumed {
		c.writer.end()
	}
	c.writeLast()
	if bad != nil && bad.code != wire.CloseTimeout {
		c.linger()
	}
}

// linger reads on for a while, so that the close frame is not lost to the reset that unread bytes would cause.
func (c *conn) linger() {
	if tcp, ok := c.nc.(interface{ CloseWrite() error }); ok {
		tcp.CloseWrite()
	}
	c.nc.SetReadDeadline(time.Now().Add(c.sockets.timing.CloseWait))
	buf := c.sockets.buffers.getLarge()
	defer c.sockets.buffers.put(buf)
	for left := c.sockets.limits.Discard; left > 0; {
		n, err := c.nc.Read(*buf)
		if err != nil {
			return
		}
		left -= int64(n)
	}
}

func (c *conn) log(cause error) {
	c.mu.Lock()
	code, reason, closing := c.code, c.reason, c.closing
	c.mu.Unlock()
	text := "the client closed"
	switch {
	case closing && !errors.Is(cause, errPeerClosed):
		text = reason
	case errors.Is(cause, io.EOF):
		text = "the client went away"
	case cause != nil && !errors.Is(cause, errPeerClosed):
		text = fmt.Sprint(cause)
	}
	c.sockets.log.Info("socket closed", "user", c.who.User, "sign_in", c.who.SignIn, "code", int(code), "cause", text,
		"after", time.Since(c.begun).Round(time.Millisecond))
}
