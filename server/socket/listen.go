package socket

import (
	"time"

	"quire/collab/wire"
)

// read takes frames until the connection ends, and returns why. It listens for whole frames, which is by far the most that
// comes; when one came in part, or is a part of a message, it reads that on.
//
// Listening costs one call of the kernel a frame. Elsewhere one tries to read, and waits if nothing is there; here whoever was
// told that nothing is left waits at once. That is safe only within one raw.Read: the kernel says once that something has come,
// and the runtime forgets it when a raw.Read begins. So the session is called in the middle of it, and while it is nobody may
// close the socket, because that waits for raw.Read to end: see cutOff.
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

// readable is called when there may be something to read, and says whether raw.Read is to end.
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

// whole reads the frames that have come whole.
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
