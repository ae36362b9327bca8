package socket

import (
	"errors"
	"os"
	"time"

	"quire/collab/wire"
)

// A peer may have taken over much that it has not read yet, and our ping lies behind that. It gets the time that a line of
// patientRate needs for patientMost of it; what is less than patientLeast needs no extra time.
const (
	patientRate  = 32 << 10 // bytes a second
	patientLeast = 256 << 10
	patientMost  = 8 << 20
)

var noDeadline time.Time

func longAgo() time.Time { return time.Unix(1, 0) }

// pulse tells whether the peer is alive. The reader keeps it by the deadlines of its reads, so it needs no timer.
type pulse struct {
	last   time.Time // when something came
	sent   int64     // bytes, conn.sent at that time
	pinged bool      // and nothing came since
	pingAt time.Time
	acked  int64 // bytes the peer's machine had acknowledged when we last looked
}

// start has the peer's silence measured from now on.
func (c *conn) start() {
	c.pulse.last = time.Now()
	c.arm(c.pulse.last.Add(c.sockets.timing.PingEvery))
}

// more reads at least one more byte, and asks a silent peer for a sign of life meanwhile.
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

// silent decides what the end of a read's time means. nil means to read on.
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

// unanswered decides about a peer that has not answered our ping in time: nil gives it more.
func (c *conn) unanswered(now time.Time) error {
	p, wait := &c.pulse, c.sockets.timing.PongWait
	sent := c.sent.Load()
	by := p.pingAt.Add(wait + patience(sent-p.sent))
	unacked, known := unacknowledged(c.nc)
	least := int64(0)
	if !known { // what our kernel took says as much, but for the ping itself and the like
		unacked, least = 1, patientLeast
	}
	if unacked > 0 {
		acked := sent - int64(unacked)
		switch {
		case acked > p.acked+least: // it reads, slowly, and has not come to our ping
			by = now.Add(wait)
		case known: // in all this time nothing got there
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

func patience(unread int64) time.Duration {
	if unread < patientLeast {
		return 0
	}
	return time.Duration(min(unread, patientMost)) * time.Second / patientRate
}

// arm ends the current and coming reads at t, unless the connection is closing and has a time of its own.
func (c *conn) arm(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		c.nc.SetReadDeadline(t)
	}
}
