package socket

import (
	"errors"
	"os"
	"time"

	"quire/collab/wire"
)

// A peer's machine may have received much that the peer has not read, and our ping is behind that. The peer gets the time that it
// takes to read it at patientRate: none for less than patientLeast, and no more than for patientMost.
const (
	patientRate  = 32 << 10  // bytes per second
	patientLeast = 256 << 10 // bytes
	patientMost  = 8 << 20   // bytes: 256 s
)

var noDeadline time.Time

func longAgo() time.Time { return time.Unix(1, 0) }

// pulse tracks whether the peer is alive. It is driven by the reader's deadlines, so it needs no timer.
type pulse struct {
	last   time.Time // when input last arrived
	sent   int64     // conn.sent at that time, in bytes
	pinged bool      // a ping was sent after last
	pingAt time.Time
	acked  int64 // bytes that the peer's machine had acknowledged at the last check
}

// start starts to measure the peer's silence.
func (c *conn) start() {
	c.pulse.last = time.Now()
	c.arm(c.pulse.last.Add(c.sockets.timing.PingEvery))
}

// more waits until at least one more byte is read. Meanwhile it pings a silent peer, and fails if that does not answer.
func (c *conn) more() error {
	for {
		err := c.in.fill()
		if err == nil {
			c.heard(time.Now())
			return nil
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		if err := c.silent(time.Now()); err != nil {
			return err
		}
	}
}

func (c *conn) heard(now time.Time) {
	c.pulse.last, c.pulse.sent = now, c.sent.Load()
	if c.pulse.pinged {
		c.pulse.pinged = false
		c.arm(now.Add(c.sockets.timing.PingEvery))
	}
}

// silent handles the end of a read's deadline: it pings the peer or gives up. nil means to read on.
func (c *conn) silent(now time.Time) error {
	c.mu.Lock()
	closing, over := c.closing, !now.Before(c.closeBy)
	c.mu.Unlock()
	p, t := &c.pulse, c.sockets.timing
	switch {
	case closing && over:
		return errUnanswered
	case closing: // the deadline is closeBy now
		return nil
	case c.message != nil && !p.pinged: // within a frame nobody can answer a ping
		return c.stalled(now)
	case !p.pinged && now.Sub(p.last) < t.PingEvery:
		c.arm(p.last.Add(t.PingEvery))
		return nil
	case !p.pinged:
		p.pinged, p.pingAt = true, now
		unacked, _ := unacknowledged(c.nc)
		p.acked = c.sent.Load() - int64(unacked)
		c.queueControl(opPing, nil)
		c.arm(now.Add(t.PongWait))
		return nil
	}
	return c.unanswered(now)
}

// stalled waits for more of the message that is arriving, or fails if it has waited long enough.
func (c *conn) stalled(now time.Time) error {
	if err := c.late(now); err != nil {
		return err
	}
	t := c.sockets.timing
	wait := min(t.Stall-now.Sub(c.message.last), t.Message-now.Sub(c.message.begun))
	c.arm(now.Add(wait + time.Millisecond))
	return nil
}

// unanswered decides about a peer that has not answered a ping in time. nil means to wait longer.
func (c *conn) unanswered(now time.Time) error {
	p, wait := &c.pulse, c.sockets.timing.PongWait
	sent := c.sent.Load()
	by := p.pingAt.Add(wait + patience(sent-p.sent))
	unacked, known := unacknowledged(c.nc)
	least := int64(0)
	if !known { // progress is then what our kernel has taken, apart from pings and the like
		unacked, least = 1, patientLeast
	}
	if unacked > 0 {
		acked := sent - int64(unacked)
		switch {
		case acked > p.acked+least: // it reads slowly and has not reached our ping
			by = now.Add(wait)
		case known: // nothing has arrived there in all this time
			by = now
		}
		p.acked = acked
	}
	if !now.Before(by) {
		return &violation{wire.CloseTimeout, "no answer to a ping"}
	}
	c.arm(by)
	return nil
}

var errUnanswered = errors.New("no answer to the close frame")

// patience returns the extra time for a peer that may have that many bytes unread.
func patience(unread int64) time.Duration {
	if unread < patientLeast {
		return 0
	}
	return time.Duration(min(unread, patientMost)) * time.Second / patientRate
}

// arm sets the read deadline to t, unless the connection is closing: then closeBy is the deadline.
func (c *conn) arm(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		c.nc.SetReadDeadline(t)
	}
}
