package session

import (
	"context"
	"slices"

	"quire/collab"
	"quire/collab/wire"
)

// shown is a presence on its way to a session: the newest of its id (W6), so that carets never fill a queue.
type shown struct {
	key     caretKey
	view    *view
	frame   wire.Frame
	version wire.Version // it is sent once the session's stream is there
}

type caretKey struct{ doc, id string }

func (s *Session) receivePresence(ctx context.Context, m *wire.Presence) {
	handle := s.admit(ctx, s.view(m.Doc), m.Raw())
	if handle == nil {
		return
	}
	client := s.clientID()
	s.mu.Lock()
	person := s.who.Person()
	s.mu.Unlock()
	handle.Announce(collab.Announcement{Msg: m, Client: client, Person: person})
}

func (s *Session) receiveChannel(ctx context.Context, raw string, action wire.Action, doc string, seq int64) {
	v := s.view(doc)
	frame := wire.Seal(wire.AppendPresenceReply(wire.Begin(len(doc)+64), action, doc, seq))
	var handle *collab.Handle
	join := action == wire.ActionPresenceSubscribe
	if join {
		if handle = s.admit(ctx, v, raw); handle == nil {
			return
		}
	} else {
		handle = s.enter(v)
	}
	s.mu.Lock()
	late, restored := seq < v.chSeq, s.restored
	v.chSeq = max(seq, v.chSeq)
	s.mu.Unlock()
	if handle == nil { // it is not open, so nobody is on its channel
		s.reply(frame)
		return
	}
	handle.Channel(collab.Channel{Join: join, Raw: raw, Answer: frame, Late: late, Restored: restored})
}

// receivePresenceRequest asks everybody else on the channel to announce themselves anew.
func (s *Session) receivePresenceRequest(ctx context.Context, m *wire.PresenceRequest) {
	if handle := s.admit(ctx, s.view(m.Doc), m.Raw()); handle != nil {
		handle.AskAll(m.Raw())
	}
}

// Show puts a presence in the place of an older one of its id that still waits, or behind all others.
func (v *view) Show(id string, at wire.Version, frame wire.Frame) {
	s := v.session
	s.mu.Lock()
	if s.left {
		s.mu.Unlock()
		return
	}
	key := caretKey{string(v.id), id}
	waits := s.shown[key]
	if waits == nil {
		waits = &shown{key: key, view: v}
		if s.shown == nil {
			s.shown = map[caretKey]*shown{}
		}
		s.shown[key] = waits
		s.showing = append(s.showing, waits)
	}
	s.queued -= waits.frame.Len()
	waits.frame, waits.version = frame, at
	full := s.enqueued(frame.Len())
	wake := s.signal()
	s.mu.Unlock()
	s.after(full, wake)
}

// forgetShown drops the presences of a document that is not open any more. Session.mu is held.
func (v *view) forgetShown() {
	s := v.session
	s.showing = slices.DeleteFunc(s.showing, func(w *shown) bool {
		if w.view != v {
			return false
		}
		s.queued -= w.frame.Len()
		delete(s.shown, w.key)
		return true
	})
}

// presence sends what waits, but for documents whose stream is not there yet: a receiver would fetch for it.
func (p *puller) presence() {
	s := p.s
	kept := s.showing[:0]
	for i, w := range s.showing {
		v := w.view
		behind := !v.readable || v.live && wire.Version(v.cursor) < w.version && v.cursor < v.handle.End() || len(v.items) > 0
		if behind || !p.more() {
			kept = append(kept, s.showing[i])
			continue
		}
		s.queued -= w.frame.Len()
		delete(s.shown, w.key)
		p.emit(w.frame)
	}
	clear(s.showing[len(kept):])
	if s.showing = kept; len(kept) == 0 {
		s.showing, s.shown = nil, nil
	}
}
