package session

import (
	"context"

	"quire/collab"
	"quire/collab/access"
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
	v := s.view(m.Doc)
	a := s.admit(ctx, v, access.Announce, m.Raw())
	if a.handle == nil {
		return
	}
	client := s.clientID()
	s.mu.Lock()
	person := s.who.Person()
	s.mu.Unlock()
	a.handle.Announce(collab.Announcement{Msg: m, Client: client, Person: person, Role: a.role})
}

func (s *Session) receiveChannel(ctx context.Context, raw string, action wire.Action, doc string, seq int64) {
	v := s.view(doc)
	frame := wire.Seal(wire.AppendPresenceReply(wire.Begin(len(doc)+64), action, doc, seq))
	var a admitted
	if action == wire.ActionPresenceSubscribe {
		if a = s.admit(ctx, v, access.Read, raw); a.handle == nil {
			return
		}
	}
	s.mu.Lock()
	late, restored := seq < v.chSeq, s.restored
	v.chSeq = max(seq, v.chSeq)
	none := v.handle == nil
	s.mu.Unlock()
	if none && action == wire.ActionPresenceUnsubscribe {
		s.reply(frame)
		return
	}
	if a.handle == nil {
		if a.handle = s.enter(v); a.handle == nil {
			return
		}
	}
	a.handle.Channel(collab.Channel{
		Join: action == wire.ActionPresenceSubscribe, Raw: raw, Answer: frame, Role: a.role, Late: late, Restored: restored,
	})
}

// receivePresenceRequest asks everybody else on the channel to announce themselves anew.
func (s *Session) receivePresenceRequest(ctx context.Context, m *wire.PresenceRequest) {
	v := s.view(m.Doc)
	if a := s.admit(ctx, v, access.Read, m.Raw()); a.handle != nil {
		a.handle.AskAll(m.Raw(), a.role)
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

// presence sends what waits, but for documents whose stream is not there yet: a receiver would fetch for it.
func (p *puller) presence() {
	s := p.s
	kept := s.showing[:0]
	for i, w := range s.showing {
		v := w.view
		behind := !v.readable() || v.live && wire.Version(v.cursor) < w.version && v.cursor < v.handle.End() || len(v.items) > 0
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
