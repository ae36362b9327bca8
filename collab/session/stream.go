package session

import (
	"quire/collab/wire"
	"quire/storage"
)

// Pull appends the next frames to send to dst: about maxBytes, but at least one if there is any. Replies come first, then each
// document's ops, then presences. It may read the log, and so block. It is called by one goroutine at a time, and never from within
// Wake. The frames of a call count as sent when the next call begins.
func (s *Session) Pull(dst []wire.Frame, maxBytes int) []wire.Frame {
	p := puller{s: s, frames: dst, budget: maxBytes, start: len(dst)}
	p.pull()
	return p.frames
}

// PullNow is Pull for callers that must not block: it stops where the log must be read or a snapshot encoded. more reports that there
// may be more, for which Pull must be called. Only one of both may be called at a time.
func (s *Session) PullNow(dst []wire.Frame, maxBytes int) (frames []wire.Frame, more bool) {
	p := puller{s: s, frames: dst, budget: maxBytes, start: len(dst), now: true}
	p.pull()
	return p.frames, p.waits || !p.more()
}

// puller is one call of Pull. Session.mu is held, except while the log is read or a snapshot encoded.
type puller struct {
	s      *Session
	frames []wire.Frame
	start  int
	budget int  // bytes left to take
	now    bool // it must not block
	waits  bool // there is more, but it would block
}

func (p *puller) pull() {
	s := p.s
	s.mu.Lock()
	s.outbox.signalled = false
	s.outbox.sent()
	p.replies()
	for p.more() && len(s.outbox.views) > 0 && !s.closed && !p.waits {
		v := s.outbox.nextView()
		if p.view(v) && !v.queued && !s.left { // it has more: after the others
			v.queued = true
			s.outbox.views = append(s.outbox.views, v)
		}
	}
	if p.more() && !s.closed {
		p.carets()
	}
	s.mu.Unlock()
}

func (p *puller) more() bool { return p.budget > 0 || len(p.frames) == p.start }

// mayNotWait reports whether this call must not block. It may not if it has taken frames: access to their documents may end meanwhile,
// and they would still be sent once the store answers (P10).
func (p *puller) mayNotWait() bool { return p.now || len(p.frames) > p.start }

func (p *puller) emit(f wire.Frame) {
	p.frames = append(p.frames, f)
	p.budget -= f.Len()
}

func (p *puller) replies() {
	n := 0
	for replies := p.s.outbox.replies; n < len(replies) && p.more(); n++ {
		p.emit(replies[n])
	}
	p.s.outbox.sentReplies(n)
}

// carets sends presences, except those that their document's stream has not reached.
func (p *puller) carets() {
	o := &p.s.outbox
	if len(o.carets.queue) == 0 {
		return
	}
	o.carets.take(func(c *caret) bool {
		if c.isBehind() || !p.more() {
			return false
		}
		p.emit(c.frame)
		return true
	})
}

// view sends what is owed of one document, and reports whether there is more.
func (p *puller) view(v *view) bool {
	for p.more() {
		if !v.readable {
			return false
		}
		if len(v.items) == 0 {
			if !v.live {
				v.releaseIfIdle()
				return false
			}
			end := v.handle.End()
			if v.cursor >= end {
				return false
			}
			reached, ok := p.ops(v, v.cursor, end)
			if !ok {
				return p.waits
			}
			v.cursor = reached
			continue
		}
		if it := v.items[0]; it.from < it.to {
			reached, ok := p.ops(v, it.from, it.to)
			if !ok {
				return p.waits
			}
			v.items[0].from = reached
			if v.live && it.from <= v.cursor { // live ops that were sent here are not sent again
				v.cursor = max(v.cursor, reached)
			}
			continue
		}
		if !p.finish(v) {
			return p.waits
		}
	}
	return true
}

// ops sends ops from revision from, at most up to revision to, from the feed or else from the log, and returns where it stopped. ok is
// false if the session is gone or this call must not block. Only Pull moves cursors and removes items, so they do not change while the
// lock is free.
func (p *puller) ops(v *view, from, to storage.Revision) (reached storage.Revision, ok bool) {
	first := len(p.frames)
	frames, reached, ok := v.handle.Frames(p.frames, from, to, max(p.budget, 1))
	if !ok {
		if p.mayNotWait() {
			p.waits = true
			return from, false
		}
		return p.page(v, from, to)
	}
	p.frames = frames
	for i := first; i < len(frames); i++ {
		if own, ok := v.takeAck(from + storage.Revision(i-first)); ok {
			frames[i] = ackFrame(string(v.id), own.at, own.client, own.seq)
		}
		p.budget -= frames[i].Len()
	}
	return reached, true
}

// takeAck returns the own op at a revision, if there is one, and drops those up to there.
func (v *view) takeAck(at storage.Revision) (ownOp, bool) {
	n := 0
	for n < len(v.acks) && v.acks[n].at < at {
		n++
	}
	var own ownOp
	found := n < len(v.acks) && v.acks[n].at == at
	if found {
		own = v.acks[n]
		n++
	}
	if n > 0 {
		v.acks = v.acks[:copy(v.acks, v.acks[n:])]
	}
	return own, found
}

// finish sends what the first item holds after its ops, and removes the item. It returns false if that is not possible now.
func (p *puller) finish(v *view) bool {
	it := v.items[0]
	if (it.bulk != nil || it.content != nil) && p.mayNotWait() {
		p.waits = true
		return false
	}
	switch {
	case it.bulk != nil:
		return p.bulk(v, it)
	case it.content != nil:
		at, ok := p.snapshot(v, it)
		if !ok {
			return false
		}
		v.pop(at)
	default:
		if it.frame.Len() > 0 {
			p.s.outbox.bytes -= it.frame.Len()
			p.emit(it.frame)
		}
		v.pop(it.to)
	}
	return true
}

// pop removes the first item, and starts or ends the subscription if the item says so. end is the revision where live ops start.
func (v *view) pop(end storage.Revision) {
	it := v.items[0]
	v.items[0] = item{}
	if v.items = v.items[1:]; len(v.items) == 0 {
		v.items = nil
	}
	switch {
	case it.begins:
		v.live, v.cursor = true, end
	case it.ends:
		v.live, v.acks = false, nil
	}
}
