package socket

import (
	"time"

	"quire/collab/wire"
)

// outgoing is a writer's memory while it writes.
type outgoing struct {
	frames []wire.Frame
	buf    []byte // several frames, to be written together

	rest []byte                // what now still has to write
	err  error                 // of now
	now  func(fd uintptr) bool // the callback of raw.Write, made once: writes rest without waiting
}

func (b *buffers) getOut() *outgoing {
	if o, ok := b.outs.Get().(*outgoing); ok {
		return o
	}
	o := &outgoing{buf: make([]byte, 0, largeSize)}
	o.now = func(fd uintptr) bool {
		n, err := writeNow(fd, o.rest)
		o.rest, o.err = o.rest[n:], err
		return true
	}
	return o
}

func (b *buffers) putOut(o *outgoing) {
	clear(o.frames) // so that the pool does not keep frames alive
	o.frames, o.rest, o.err = o.frames[:0], nil, nil
	b.outs.Put(o)
}

// resume ends the caller's role as writer. If more came up meanwhile it starts a writer.
func (c *conn) resume() {
	if c.writer.again() {
		c.sockets.writers.Go(c.turn)
	}
}

// flushNow writes without waiting and without a goroutine of its own: it passes everything to the kernel in one piece, which is
// nearly always enough. What the kernel does not take, and what is too large, it leaves to a writer goroutine.
func (c *conn) flushNow() {
	if c.in.raw == nil { // TLS: a write may wait
		c.sockets.writers.Go(c.turn)
		return
	}
	o := c.sockets.buffers.getOut()
	if c.pieceNow(o) {
		c.sockets.buffers.putOut(o)
		c.resume()
		return
	}
	c.sockets.writers.Go(func() { c.flushRest(o) })
}

// pieceNow writes one piece and reports whether that was all. If not, o holds what is left.
func (c *conn) pieceNow(o *outgoing) (all bool) {
	defer c.survive()
	var pull, more bool
	o.buf, pull = c.takeControl(o.buf[:0])
	if !pull {
		return false
	}
	clear(o.frames)
	o.frames, more = c.session.PullNow(o.frames[:0], largeSize)
	bytes := len(o.buf)
	for _, f := range o.frames {
		bytes += len(f.Framed())
	}
	if bytes > largeSize {
		return false
	}
	for _, f := range o.frames {
		o.buf = append(o.buf, f.Framed()...)
	}
	o.frames = o.frames[:0]
	n, err := c.writeReady(o, o.buf)
	if err != nil {
		c.breakOff()
		return true
	}
	o.buf = o.buf[:copy(o.buf, o.buf[n:])]
	return len(o.buf) == 0 && !more
}

// flushRest writes what pieceNow left in o, and continues like flush.
func (c *conn) flushRest(o *outgoing) {
	defer c.sockets.buffers.putOut(o)
	c.restRound(o)
	for c.writer.again() {
		c.round(o)
	}
}

func (c *conn) restRound(o *outgoing) {
	defer c.survive()
	if c.writeFrames(o) {
		for c.writeSome(o) {
		}
	}
	c.writeClose(o)
}

// flush is the writer goroutine. It ends when there is nothing more to write.
func (c *conn) flush() {
	o := c.sockets.buffers.getOut()
	defer c.sockets.buffers.putOut(o)
	for {
		c.round(o)
		if !c.writer.again() {
			return
		}
	}
}

// round writes until there is nothing more.
func (c *conn) round(o *outgoing) {
	defer c.survive()
	for c.writeSome(o) {
	}
	c.writeClose(o)
}

// survive is deferred by writers around calls of the engine: a panic ends only this connection.
func (c *conn) survive() {
	if p := recover(); p != nil {
		c.panicked(p)
		c.close(wire.CloseInternal, "internal error", dropPending)
	}
}

// writeSome writes the next frames together, and reports whether there may be more.
func (c *conn) writeSome(o *outgoing) bool {
	pull := false
	o.buf, pull = c.takeControl(o.buf[:0])
	if pull {
		clear(o.frames)
		o.frames = c.session.Pull(o.frames[:0], largeSize)
	} else {
		o.frames = o.frames[:0]
	}
	if len(o.frames) == 0 && len(o.buf) == 0 {
		return false
	}
	return c.writeFrames(o)
}

// writeFrames writes o.buf, then o.frames. It returns false if the connection is broken.
func (c *conn) writeFrames(o *outgoing) bool {
	for _, f := range o.frames {
		framed := f.Framed()
		if len(o.buf)+len(framed) > largeSize {
			if !c.writeBuffered(o) {
				return false
			}
			if len(framed) > largeSize/2 { // too large to be worth copying
				if !c.write(o, framed) {
					return false
				}
				continue
			}
		}
		o.buf = append(o.buf, framed...)
	}
	return c.writeBuffered(o)
}

func (c *conn) writeBuffered(o *outgoing) bool {
	ok := len(o.buf) == 0 || c.write(o, o.buf)
	o.buf = o.buf[:0]
	return ok
}

// write writes b at the reader's pace: first what the socket takes at once, then pieces with a deadline each. So it waits for a
// reader that keeps reading, however slowly, and cuts off one that stops. It returns false if the connection is broken.
func (c *conn) write(o *outgoing, b []byte) bool {
	if c.in.raw != nil {
		n, err := c.writeReady(o, b)
		if b = b[n:]; err != nil {
			return c.breakOff()
		}
	}
	if len(b) == 0 {
		return true
	}
	defer c.allow(noDeadline)
	for len(b) > 0 {
		piece := b[:min(len(b), largeSize)]
		c.allow(time.Now().Add(c.sockets.timing.WriteWait))
		if _, err := c.nc.Write(piece); err != nil {
			return c.breakOff()
		}
		c.sent.Add(int64(len(piece)))
		b = b[len(piece):]
	}
	return true
}

// writeReady writes what the socket takes without waiting, and returns how many bytes that were.
func (c *conn) writeReady(o *outgoing, b []byte) (n int, err error) {
	if len(b) == 0 {
		return 0, nil
	}
	o.rest = b
	err = c.in.raw.Write(o.now)
	if err == nil {
		err = o.err
	}
	n = len(b) - len(o.rest)
	o.rest = nil
	c.sent.Add(int64(n))
	return n, err
}

// allow sets the write deadline to t, unless the connection is closing: then closeBy is the deadline.
func (c *conn) allow(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		c.nc.SetWriteDeadline(t)
	}
}

// breakOff ends a connection after a failed write: part of a frame may have been sent, so nothing may follow. It returns false.
func (c *conn) breakOff() bool {
	c.mu.Lock()
	c.closed, c.broken = true, true
	c.mu.Unlock()
	c.cutOff() // wakes the reader
	return false
}
