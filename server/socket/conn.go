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

// conn is one connection. serve is the goroutine that owns it.
type conn struct {
	sockets *Sockets
	user    storage.UserID
	signIn  string
	holds   budget.Owner // its places, and what is arriving; ends with the connection
	nc      net.Conn
	session Session // set by serve before the first flush
	begun   time.Time

	// serve's own:
	turn    func()      // flush, made once
	in      *source     // what is read
	message *message    // what arrives in pieces; nil: nothing does
	pulse   pulse       // whether the peer is alive
	expires *time.Timer // nil: the proof of sign-in has no end
	resumed bool        // whether others may write
	listens bool        // whole frames are taken as they come: see read

	life   lifetime // ends when the connection is closing
	writer writerState
	sent   atomic.Int64 // bytes given to the kernel so far

	mu      sync.Mutex // guards what follows; nothing blocks under it
	control []byte     // control frames to write before the next data
	closing bool
	code    wire.CloseCode
	reason  string
	pulling bool      // whether the session's last words still go out
	closeBy time.Time // when the connection is cut off, once closing
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

// violation is a reason to close that lies in what the client sent.
type violation struct {
	code   wire.CloseCode
	reason string
}

func (v *violation) Error() string { return v.reason }

// serve reads until the connection ends, and outlives everybody who writes.
//
// An idle connection's memory is mostly this goroutine's stack, which the collector halves to 4 KiB only while less than a
// quarter of 8 KiB is in use. So what waits for input here keeps its frames small: TestWhatAnIdleConnectionCosts.
func (c *conn) serve(who *collab.Identity) {
	defer c.sockets.remove(c)
	defer c.nc.Close()
	c.writer.begin() // nobody writes before there is a session
	c.expireAt(who)
	cause := c.run(who)
	c.end(cause)
}

// run is the session's life.
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

// rescue is deferred: a panic of the engine ends this connection only.
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

// expireAt closes the connection when the proof of sign-in ends (W9).
func (c *conn) expireAt(who *collab.Identity) {
	if who.Expires.IsZero() {
		return
	}
	code, reason := wire.CloseSignedOut, "the sign-in has ended"
	if who.SignIn == "" {
		code, reason = wire.CloseTokenExpired, "the token has expired"
	}
	c.expires = time.AfterFunc(time.Until(who.Expires), func() { c.close(code, reason, lastWordsKept) })
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
		c.sockets.writers.Go(c.turn)
	}
}

// Flush implements collab.Transport.
func (c *conn) Flush() {
	if c.writer.claim() {
		c.flushNow()
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

// deaf says whether what comes reaches nobody: the close was asked for. If nothing can be written any more, nothing must be
// read either; that is err.
func (c *conn) deaf() (deaf bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken {
		err = net.ErrClosed
	}
	return c.closing, err
}

// finish ends the writing, with the close frame that cause asks for, if any.
func (c *conn) finish(cause error) {
	var bad *violation
	switch {
	case errors.As(cause, &bad):
		c.beginClosing(bad.code, bad.reason, lastWordsKept)
	case errors.Is(cause, errPeerClosed): // its answer is begun
	case !c.isClosing():
		closeUnder(c.nc) // nobody is there: a writer that waits need not
	}
	if c.resumed {
		c.writer.end()
	}
	c.writeLast()
	if bad != nil && bad.code != wire.CloseTimeout {
		c.linger()
	}
}

// below is the socket itself, under TLS.
func below(nc net.Conn) net.Conn {
	if over, ok := nc.(interface{ NetConn() net.Conn }); ok {
		return over.NetConn()
	}
	return nc
}

// closeUnder closes the socket itself: TLS would first try for seconds to say good-bye to somebody who does not read.
func closeUnder(nc net.Conn) { below(nc).Close() }

// cutOff ends the connection for whoever waits for it, but waits for nobody: that is why a plain socket is not closed here. To
// close it is to wait until nobody uses it, and the caller may be who does (read).
func (c *conn) cutOff() {
	if c.in.raw == nil {
		closeUnder(c.nc)
		return
	}
	c.in.raw.Control(func(fd uintptr) { shut(int(fd)) })
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
	c.sockets.log.Info("socket closed", "user", c.user, "sign_in", c.signIn, "code", int(code), "cause", text,
		"after", time.Since(c.begun).Round(time.Millisecond))
}
