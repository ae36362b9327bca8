package session

import (
	"quire/collab/wire"
	"quire/storage"
)

// Pull appends the next frames to send to dst: about maxBytes of them, but at least one if there is any. Replies come first,
// in order, then each document's ops from its cursor, then presence. It is called by one goroutine at a time, never from
// within Wake, and may read the log. Frames of a call count as sent when the next call begins.
func (s *Session) Pull(dst []wire.Frame, maxBytes int) []wire.Frame {
	p := puller{s: s, frames: dst, room: maxBytes, start: len(dst)}
	p.pull()
	return p.frames
}

// PullNow is Pull for somebody who must not wait: it stops where the log would have to be read or a snapshot encoded. more
// says that there is, or may be, more, for which Pull must be called. Both are called by one goroutine at a time.
func (s *Session) PullNow(dst []wire.Frame, maxBytes int) (frames []wire.Frame, more bool) {
	p := puller{s: s, frames: dst, room: maxBytes, start: len(dst), now: true}
	p.pull()
	return p.frames, p.waits || !p.more()
}

// puller is one call of Pull. Session.mu is held but where the log is read and a snapshot encoded.
type puller struct {
	s      *Session
	frames []wire.Frame
	start  int
	room   int
	now    bool // nothing may be waited for
	waits  bool // something would have to be
}

func (p *puller) pull() {
	s := p.s
	s.mu.Lock()
	s.signalled = false
	if s.sending != nil { // what the last call gave is sent
		s.sending.End()
		s.sending = nil
	}
	p.replies()
	for p.more() && len(s.dirty) > 0 && !s.closed && !p.waits {
		v := s.dirty[0]
		n := copy(s.dirty, s.dirty[1:])
		s.dirty[n] = nil
		s.dirty = s.dirty[:n]
		v.dirty = false
		if p.view(v) && !v.dirty && !s.left { // there is more of it: the others first
			v.dirty = true
			s.dirty = append(s.dirty, v)
		}
	}
	if p.more() && !s.closed {
		p.presence()
	}
	s.mu.Unlock()
}

func (p *puller) more() bool { return p.room > 0 || len(p.frames) == p.start }

// mayNotWait reports whether the log must not be read, nor a snapshot encoded, in this call. What it has taken already must not lie
// here meanwhile: access to it may end, and it would leave when the store answers at last (P10).
func (p *puller) mayNotWait() bool { return p.now || len(p.frames) > p.start }

func (p *puller) emit(f wire.Frame) {
	p.frames = append(p.frames, f)
	p.room -= f.Len()
}

func (p *puller) replies() {
	s := p.s
	n := 0
	for n < len(s.replies) && p.more() {
		p.emit(s.replies[n])
		s.queued -= s.replies[n].Len()
		n++
	}
	rest := copy(s.replies, s.replies[n:])
	clear(s.replies[rest:])
	s.replies = s.replies[:rest]
	if rest == 0 && cap(s.replies) > 64 {
		s.replies = nil
	}
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
	frames, reached, ok := v.handle.Frames(p.frames, from, to, max(p.room, 1))
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
		p.room -= frames[i].Len()
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
			p.s.queued -= it.frame.Len()
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
