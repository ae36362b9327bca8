package session

import (
	"quire/collab/wire"
	"quire/storage"
)

// Pull appends the next frames to send to dst: about maxBytes of them, but at least one if there is any. Replies come first,
// in order, then each document's ops from its cursor, then presence. It is called by one goroutine at a time, never from
// within Wake, and may read the log. Frames of a call count as sent when the next call begins.
func (s *Session) Pull(dst []wire.Frame, maxBytes int) []wire.Frame {
	p := puller{s: s, frames: dst, budget: maxBytes, start: len(dst)}
	p.pull()
	return p.frames
}

// PullNow is Pull for somebody who must not wait: it stops where the log would have to be read or a snapshot encoded. more
// says that there is, or may be, more, for which Pull must be called. Both are called by one goroutine at a time.
func (s *Session) PullNow(dst []wire.Frame, maxBytes int) (frames []wire.Frame, more bool) {
	p := puller{s: s, frames: dst, budget: maxBytes, start: len(dst), now: true}
	p.pull()
	return p.frames, p.waits || !p.more()
}

// puller is one call of Pull. Session.mu is held but where the log is read and a snapshot encoded.
type puller struct {
	s      *Session
	frames []wire.Frame
	start  int
	budget int  // bytes left to take
	now    bool // nothing may be waited for
	waits  bool // something would have to be
}

func (p *puller) pull() {
	s := p.s
	s.mu.Lock()
	s.outbox.signalled = false
	s.outbox.sent()
	p.replies()
	for p.more() && len(s.outbox.views) > 0 && !s.closed && !p.waits {
		v := s.outbox.nextView()
		if p.view(v) && !v.queued && !s.left { // there is more of it: the others first
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

// mayNotWait reports whether the log must not be read, nor a snapshot encoded, in this call. What it has taken already must not lie
// here meanwhile: access to it may end, and it would leave when the store answers at last (P10).
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

// carets sends presences, but for documents whose stream is not there yet.
func (p *puller) carets() {
	o := &p.s.outbox
	if len(o.carets.queue) == 0 {
		return
	}
	o.bytes -= o.carets.take(func(c *caret) bool {
		if c.isBehind() || !p.more() {
			return false
		}
		p.emit(c.frame)
		return true
	})
}

// view sends what one document owes the session, and reports whether there is more.
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
			if v.live && it.from <= v.cursor { // what was sent need not be sent again
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

// ops sends ops from a revision, at most to another, out of the feed or else of the log, and returns where it stopped. ok is
// false if the session is gone. Only Pull moves cursors and removes items, so what it looks at stays while the lock is free.
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
		if mark, ok := v.takeAck(from + storage.Revision(i-first)); ok {
			frames[i] = ackFrame(string(v.id), mark.at, mark.client, mark.seq)
		}
		p.budget -= frames[i].Len()
	}
	return reached, true
}

// takeAck returns the mark of the op at a revision, and forgets those before it.
func (v *view) takeAck(at storage.Revision) (ackMark, bool) {
	n := 0
	for n < len(v.acks) && v.acks[n].at < at {
		n++
	}
	var mark ackMark
	found := n < len(v.acks) && v.acks[n].at == at
	if found {
		mark = v.acks[n]
		n++
	}
	if n > 0 {
		v.acks = v.acks[:copy(v.acks, v.acks[n:])]
	}
	return mark, found
}

// finish sends what the first item holds behind its ops and removes it. It reports false if that cannot be now.
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

// pop removes the first item and does what it says of the subscription, which goes on at revision end.
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
