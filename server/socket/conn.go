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
	"quire/collab/budget"
	"quire/collab/wire"
	"quire/storage"
)

// conn is one connection. The goroutine of serve owns it.
type conn struct {
	sockets *Sockets
	user    storage.UserID
	signIn  string
	holds   budget.Owner // its part of the connection limits and of Sockets.assembling; ends with the connection
	nc      net.Conn
	session Session // set by serve before the first flush
	begun   time.Time

	// Owned by serve:
	turn    func() // flush as a value, made once
	in      *source
	message *message // arriving in pieces; nil: none
	pulse   pulse
	expires *time.Timer // nil: the sign-in does not expire
	resumed bool        // other goroutines may write
	listens bool        // readable handles whole frames as they arrive: see read

	life   lifetime // ends when the connection is closing
	writer writerState
	sent   atomic.Int64 // bytes given to the kernel so far

	mu      sync.Mutex // guards the fields below; nothing blocks while it is held
	control []byte     // control frames to write before the next data
	closing bool
	code    wire.CloseCode
	reason  string
	pulling bool      // the session's pending frames are still sent before the close frame
	closeBy time.Time // when a closing connection is cut off
	closed  bool      // the close frame is written, or cannot be
	broken  bool      // nothing can be written any more
}

func newConn(s *Sockets, nc net.Conn, early []byte, a *admission) *conn {
	c := &conn{sockets: s, user: a.who.User, signIn: a.who.SignIn, nc: nc, begun: time.Now()}
	c.turn = c.flush
	c.in = newSource(nc, early, &s.buffers)
	c.in.readable = c.readable
	keepPace(nc)
	return c
}

var errPeerClosed = errors.New("the client closed")

// violation is a reason to close the connection that the client or the session caused.
type violation struct {
	code   wire.CloseCode
	reason string
}

func (v *violation) Error() string { return v.reason }

// serve reads until the connection ends. It outlives all writers.
//
// An idle connection's memory is mostly this goroutine's stack, which the garbage collector halves to 4 KiB only while less than
// a quarter of 8 KiB is in use. So the functions that wait for input have small frames: TestWhatAnIdleConnectionCosts.
func (c *conn) serve(who *collab.Identity) {
	defer c.sockets.remove(c)
	defer c.nc.Close()
	c.writer.begin() // so that nobody else writes before there is a session
	c.expireAt(who)
	cause := c.run(who)
	c.end(cause)
}

// run joins the session, reads until the connection ends, and leaves the session. It returns why it ended.
func (c *conn) run(who *collab.Identity) (cause error) {
	defer c.rescue(&cause)
	defer c.leave()
	c.join(who)
	c.start()
	return c.read()
}

func (c *conn) join(who *collab.Identity) {
	c.session = c.sockets.cfg.Join(c, *who)
	c.resumed = true
	c.resume()
}

func (c *conn) leave() {
	c.forget()
	if c.expires != nil {
		c.expires.Stop()
	}
	if c.session != nil {
		c.session.Leave()
	}
}

// rescue is deferred around calls of the engine: a panic ends only this connection.
func (c *conn) rescue(cause *error) {
	if p := recover(); p != nil {
		*cause = c.panicked(p)
	}
}

func (c *conn) panicked(p any) error {
	c.sockets.log.Error("socket: panic in a session", "user", c.user, "panic", p, "stack", string(debug.Stack()))
	return &violation{wire.CloseInternal, "internal error"}
}

func (c *conn) end(cause error) {
	c.life.end()
	c.finish(cause)
	c.in.close()
	c.log(cause)
}

// expireAt schedules the close of the connection for when the sign-in or token expires (W9).
func (c *conn) expireAt(who *collab.Identity) {
	if who.Expires.IsZero() {
		return
	}
	code, reason := wire.CloseSignedOut, "the sign-in has ended"
	if who.SignIn == "" {
		code, reason = wire.CloseTokenExpired, "the token has expired"
	}
	c.expires = time.AfterFunc(time.Until(who.Expires), func() { c.close(code, reason, dropPending) })
}

// pendingFrames says what happens to the session's pending frames before the close frame.
type pendingFrames bool

const (
	dropPending pendingFrames = false
	sendPending pendingFrames = true
)

// Close implements collab.Transport.
func (c *conn) Close(code wire.CloseCode, reason string) { c.close(code, reason, sendPending) }

// Wake implements collab.Transport.
func (c *conn) Wake() {
	if c.writer.claim() {
		c.sockets.writers.Go(c.turn)
	}
}

// Flush implements collab.Transport.
func (c *conn) Flush() {
	if c.writer.claim() {
		c.flushNow()
	}
}

// close starts to close the connection. Only the first call counts. After it no input reaches the session.
func (c *conn) close(code wire.CloseCode, reason string, pending pendingFrames) {
	if c.beginClosing(code, reason, pending) {
		c.life.end()
		c.Wake()
	}
}

func (c *conn) beginClosing(code wire.CloseCode, reason string, pending pendingFrames) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	c.closing, c.code, c.reason, c.pulling = true, code, reason, bool(pending)
	c.closeBy = time.Now().Add(c.sockets.timing.CloseWait)
	c.nc.SetDeadline(c.closeBy) // also for a write that is waiting
	return true
}

func (c *conn) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// ignoring reports whether input must no longer reach the session, because the connection is closing. If nothing can be written
// any more, err ends the reading too.
func (c *conn) ignoring() (yes bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken {
		err = net.ErrClosed
	}
	return c.closing, err
}

// finish waits for the writers to end and writes the close frame, if there is to be one.
func (c *conn) finish(cause error) {
	var bad *violation
	switch {
	case errors.As(cause, &bad):
		c.beginClosing(bad.code, bad.reason, dropPending)
	case errors.Is(cause, errPeerClosed): // readControl has begun to close
	case !c.isClosing():
		closeUnder(c.nc) // the peer is gone: wakes a waiting writer
	}
	if c.resumed {
		c.writer.end()
	}
	c.writeLast()
	if bad != nil && bad.code != wire.CloseTimeout {
		c.linger()
	}
}

// below returns the socket itself, under TLS and whatever accepted it.
func below(nc net.Conn) net.Conn {
	for {
		over, ok := nc.(interface{ NetConn() net.Conn })
		if !ok {
			return nc
		}
		nc = over.NetConn()
	}
}

// closeUnder closes the socket itself. TLS's Close would first try for seconds to send an alert to a peer that does not read.
func closeUnder(nc net.Conn) { below(nc).Close() }

// cutOff ends the connection and wakes everybody who waits for it, without waiting itself. So it shuts a plain socket down
// instead of closing it: Close waits until nobody uses the socket, and the caller itself may be using it (read).
func (c *conn) cutOff() {
	if c.in.raw == nil {
		closeUnder(c.nc)
		return
	}
	c.in.raw.Control(func(fd uintptr) { shut(int(fd)) })
}

// linger reads on for a while after the close frame: with unread input the kernel would reset the connection, and the close frame
// could be lost.
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
	c.sockets.log.Info("socket closed", "user", c.user, "sign_in", c.signIn, "code", int(code), "cause", text,
		"after", time.Since(c.begun).Round(time.Millisecond))
}
