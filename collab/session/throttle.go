package session

import (
	"context"
	"time"

	"quire/collab"
)

// throttle slows the reading of a client that sends too fast or has too much unanswered (W4).
type throttle struct {
	limits *collab.Limits
	rt     collab.Runtime
	paid   time.Time // up to when the session has used its rate; used by Receive alone

	// Under Session.mu:
	requests int           // unanswered
	opBytes  int           // of unanswered ops
	slots    chan struct{} // closed when enough is answered; nil: nobody waits
}

// pace blocks until the rates allow a frame. A burst of up to a second's worth is free.
func (t *throttle) pace(ctx context.Context, bytes int) error {
	now := t.rt.Now()
	if t.paid.Before(now.Add(-time.Second)) {
		t.paid = now.Add(-time.Second)
	}
	t.paid = t.paid.Add(time.Second/time.Duration(t.limits.FramesPerSec) + time.Duration(bytes)*time.Second/time.Duration(t.limits.BytesPerSec))
	if ahead := t.paid.Sub(now); ahead > 0 {
		return collab.Sleep(ctx, t.rt, ahead)
	}
	return nil
}

// presence has the next frame wait longer: each presence goes to everybody on its channel. Used by Receive alone.
func (t *throttle) presence() {
	t.paid = t.paid.Add(time.Second / time.Duration(t.limits.PresencePerSec))
}

// wait returns nil if another request may come, else a channel that is closed when it may. Session.mu is held.
func (t *throttle) wait() <-chan struct{} {
	if t.requests < t.limits.Outstanding && t.opBytes < t.limits.OutstandingBytes {
		return nil
	}
	if t.slots == nil {
		t.slots = make(chan struct{})
	}
	return t.slots
}

// few returns nil if no more than n requests are unanswered, else a channel that is closed when it may be asked again. Session.mu is held.
func (t *throttle) few(n int) <-chan struct{} {
	if t.requests <= n {
		return nil
	}
	if t.slots == nil {
		t.slots = make(chan struct{})
	}
	return t.slots
}

// answered counts a request as answered. Session.mu is held.
func (t *throttle) answered() {
	t.requests--
	if t.requests <= t.limits.Outstanding/2 && t.opBytes <= t.limits.OutstandingBytes/2 {
		t.release()
	}
}

// release ends a wait. Session.mu is held.
func (t *throttle) release() {
	if t.slots != nil {
		close(t.slots)
		t.slots = nil
	}
}
