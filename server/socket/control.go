package socket

import "time"

// takeControl removes the waiting control frames and appends them to dst. It reports whether the session's frames may be pulled.
func (c *conn) takeControl(dst []byte) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	dst = append(dst, c.control...)
	c.control = c.control[:0]
	if cap(c.control) > 2*maxControl {
		c.control = nil
	}
	pending := c.pulling && time.Until(c.closeBy) > c.sockets.timing.CloseWait/2 // half of the time is for the close frame
	return dst, !c.closed && (!c.closing || pending)
}

// queueControl queues a control frame to be written next. It replaces a waiting one of the same kind, because only the newest ping
// needs an answer.
func (c *conn) queueControl(opcode byte, payload []byte) {
	c.mu.Lock()
	if !c.closing {
		c.control = appendControl(dropControl(c.control, opcode), opcode, payload)
	}
	c.mu.Unlock()
	c.Wake()
}

// dropControl removes the frame with opcode from a sequence of control frames.
func dropControl(frames []byte, opcode byte) []byte {
	for at := 0; at < len(frames); {
		next := at + 2 + int(frames[at+1])
		if frames[at] == finalBit|opcode {
			return append(frames[:at], frames[next:]...)
		}
		at = next
	}
	return frames
}

// writeClose writes the close frame if the connection is closing, and before it the waiting control frames, so that a ping from
// before the close is answered.
func (c *conn) writeClose(o *outgoing) {
	c.mu.Lock()
	due := c.closing && !c.closed
	c.closed = c.closed || c.closing
	if due {
		o.buf = appendClose(append(o.buf[:0], c.control...), c.code, c.reason)
		c.control = nil
	}
	c.mu.Unlock()
	if due {
		c.write(o, o.buf)
	}
}

// writeLast writes the close frame from the owner's goroutine, after the last writer has stopped.
func (c *conn) writeLast() {
	if !c.isClosing() {
		return
	}
	o := c.sockets.buffers.getOut()
	defer c.sockets.buffers.putOut(o)
	c.writeClose(o)
}
