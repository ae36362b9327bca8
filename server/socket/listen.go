package socket

import (
	"time"

	"quire/collab/wire"
)

// read reads frames until the connection ends, and returns why it ended. On a plain socket it listens for whole frames, which most
// are. A frame that arrives in part, or is part of a message, it reads on with readOn.
//
// Listening costs one system call per frame: after a read that left nothing behind it waits at once, without trying to read again.
// That is safe only within one raw.Read, because the kernel reports input once, and the runtime forgets the report when a raw.Read
// begins. So readable calls the session in the middle of raw.Read, and meanwhile nobody may close the socket, since Close waits
// for raw.Read to end: see cutOff.
func (c *conn) read() error {
	for {
		if c.in.raw != nil && c.message == nil && len(c.in.bytes()) == 0 {
			c.listens = true
			err := c.more()
			c.listens = false
			if err != nil {
				return err
			}
		}
		if err := c.readOn(); err != nil {
			return err
		}
	}
}

// readable is raw.Read's callback, called when there may be input. It returns true to end raw.Read, false to wait for more input.
func (c *conn) readable(fd uintptr) bool {
	for {
		drained, ok := c.in.readNow(fd)
		switch {
		case !ok:
			return false
		case !c.listens || c.in.n <= 0:
			return true
		}
		c.heard(time.Now())
		if err := c.whole(); err != nil {
			c.in.fail(err)
			return true
		}
		if c.message != nil || len(c.in.bytes()) > 0 {
			return true
		}
		if drained {
			c.in.release()
			return false
		}
	}
}

// whole handles all frames that have arrived completely.
func (c *conn) whole() error {
	for {
		h, ok, bad := parseHeader(c.in.bytes())
		if bad != "" {
			return &violation{wire.CloseBadFrame, bad}
		}
		if !ok || int64(len(c.in.bytes())-h.size) < h.length {
			return nil
		}
		c.in.take(h.size)
		if err := c.readFrame(h); err != nil {
			return err
		}
	}
}
