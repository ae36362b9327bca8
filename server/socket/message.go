package socket

import (
	"time"
	"unicode/utf8"

	"quire/collab/budget"
	"quire/collab/wire"
)

// message is a message that arrives in pieces: in fragments, or larger than the read buffer.
type message struct {
	over  bool                // it is over the limit; body is only its first bytes
	body  []byte              // the bytes kept
	size  int64               // of all bytes so far
	held  *budget.Reservation // of Sockets.assembling, for a large body; nil: the body is small
	begun time.Time
	last  time.Time // more of it arrived
}

// readOn reads one frame, waiting for all of it.
func (c *conn) readOn() error {
	h, err := c.header()
	if err != nil {
		return err
	}
	return c.readFrame(h)
}

func (c *conn) readFrame(h header) error {
	if c.message != nil { // what answers pings between its pieces may send none of them for ever
		if err := c.late(c.pulse.last); err != nil {
			return err
		}
	}
	if h.isControl() {
		return c.readControl(h)
	}
	return c.readData(h)
}

// header reads the next frame's header.
func (c *conn) header() (header, error) {
	for {
		h, ok, bad := parseHeader(c.in.bytes())
		if bad != "" {
			return h, &violation{wire.CloseBadFrame, bad}
		}
		if ok {
			c.in.take(h.size)
			return h, nil
		}
		c.in.shrink()
		if err := c.more(); err != nil {
			return h, err
		}
	}
}

// payload returns an unmasked payload, which must fit the read buffer. It is valid until the next read.
func (c *conn) payload(h header) ([]byte, error) {
	for int64(len(c.in.bytes())) < h.length {
		if err := c.more(); err != nil {
			return nil, err
		}
	}
	b := c.in.bytes()[:h.length]
	unmask(b, h.mask, 0)
	return b, nil
}

func (c *conn) readControl(h header) error {
	b, err := c.payload(h)
	if err != nil {
		return err
	}
	defer c.in.take(len(b))
	switch h.opcode {
	case opPing:
		c.queueControl(opPong, b)
	case opClose:
		code, bad := parseClose(b)
		if bad != "" {
			return &violation{code, bad}
		}
		c.beginClosing(code, "", dropPending)
		return errPeerClosed
	}
	return nil
}

func (c *conn) readData(h header) error {
	switch {
	case h.opcode == opBinary:
		return &violation{wire.CloseProtocolError, "text frames only"}
	case h.opcode == opContinuation && c.message == nil:
		return &violation{wire.CloseBadFrame, "a continuation of nothing"}
	case h.opcode == opText && c.message != nil:
		return &violation{wire.CloseBadFrame, "a new message within a fragmented one"}
	case h.final && c.message == nil && h.length <= readSize && h.length <= int64(c.sockets.limits.Frame):
		b, err := c.payload(h)
		if err != nil {
			return err
		}
		err = c.deliver(b)
		c.in.take(len(b))
		return err
	}
	return c.readPiece(h)
}

// readPiece adds one frame to the message, and passes the message on after the last frame.
func (c *conn) readPiece(h header) error {
	if c.message == nil {
		c.message = &message{begun: c.pulse.last, last: c.pulse.last}
	}
	m := c.message
	if h.length > c.sockets.limits.Discard-m.size {
		return &violation{wire.CloseTooBig, "the message is too large"}
	}
	if m.size+h.length > int64(c.sockets.limits.Frame) {
		c.giveUp(m)
	}
	if h.length > readSize {
		c.in.enlarge()
	}
	for done := int64(0); done < h.length; {
		if err := c.some(); err != nil {
			return err
		}
		b := c.in.bytes()
		b = b[:min(int64(len(b)), h.length-done)]
		unmask(b, h.mask, done)
		done += int64(len(b))
		if err := c.keep(m, b); err != nil {
			return err
		}
		c.in.take(len(b))
	}
	if !h.final {
		return nil
	}
	defer c.forget()
	if !m.over {
		return c.deliver(m.body)
	}
	ignored, err := c.ignoring()
	if !ignored && err == nil {
		c.session.ReceiveOversized(m.body, m.size)
	}
	return err
}

// some waits until there is input for a message, and fails if the message takes too long to arrive.
func (c *conn) some() error {
	if len(c.in.bytes()) > 0 {
		return nil
	}
	if err := c.late(time.Now()); err != nil {
		return err
	}
	return c.more()
}

// late fails if the message that is arriving takes too long, or stands still.
func (c *conn) late(now time.Time) error {
	m, t := c.message, c.sockets.timing
	if now.Sub(m.begun) > t.Message {
		return &violation{wire.CloseTimeout, "the message took too long to arrive"}
	}
	if now.Sub(m.last) > t.Stall {
		return &violation{wire.CloseTimeout, "the message stopped arriving"}
	}
	return nil
}

// keep adds b to a message's body; of a message over the limit it keeps only the first bytes.
func (c *conn) keep(m *message, b []byte) error {
	m.size += int64(len(b))
	m.last = c.pulse.last
	if m.over {
		m.body = append(m.body, b[:min(len(b), wire.PrefixBytes-len(m.body))]...)
		return nil
	}
	before := cap(m.body)
	m.body = append(m.body, b...)
	if cap(m.body) == before || cap(m.body) <= largeSize || c.charge(m, int64(cap(m.body))) {
		return nil
	}
	return &violation{wire.CloseOverloaded, "too many large messages of yours are arriving at once"}
}

// charge reserves the bytes of a body, and reports whether its user may have them. It takes them anew and not what is added, because
// a user may have one message that is larger than their share.
func (c *conn) charge(m *message, bytes int64) bool {
	c.uncharge(m)
	m.held = c.holds.Take(c.sockets.assembling.Of(string(c.user)), bytes)
	return m.held != nil
}

// giveUp marks a message as over the limit and keeps only its first bytes.
func (c *conn) giveUp(m *message) {
	if m.over {
		return
	}
	m.over = true
	m.body = append(make([]byte, 0, wire.PrefixBytes), m.body[:min(len(m.body), wire.PrefixBytes)]...)
	c.uncharge(m)
}

func (c *conn) uncharge(m *message) {
	c.holds.Drop(m.held)
	m.held = nil
}

// forget drops the current message, whether it was passed on or not.
func (c *conn) forget() {
	if c.message != nil {
		c.uncharge(c.message)
		c.message = nil
	}
}

// deliver passes a complete message to the session, unless the connection is closing.
func (c *conn) deliver(text []byte) error {
	if !utf8.Valid(text) {
		return &violation{wire.CloseInvalidText, "the text is not valid UTF-8"}
	}
	ignored, err := c.ignoring()
	if !ignored && err == nil {
		c.session.Receive(&c.life, text)
	}
	return err
}
