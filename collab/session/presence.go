package session

import (
	"context"

	"quire/collab"
	"quire/collab/wire"
)

func (s *Session) receivePresence(ctx context.Context, m *wire.Presence) {
	s.throttle.presence()
	handle := s.view(m.Doc).admit(ctx, m.Raw())
	if handle == nil {
		return
	}
	client, person := s.asClient()
	handle.Announce(collab.Announcement{Msg: m, Client: client, Person: person})
}

func (s *Session) receiveChannel(ctx context.Context, raw string, action wire.Action, doc string, seq int64) {
	v := s.view(doc)
	frame := wire.Seal(wire.AppendPresenceReply(wire.Begin(len(doc)+64), action, doc, seq))
	var handle *collab.Handle
	join := action == wire.ActionPresenceSubscribe
	if join {
		if handle = v.admit(ctx, raw); handle == nil {
			return
		}
	} else {
		handle = v.enter()
	}
	s.mu.Lock()
	late, restored := seq < v.chSeq, s.client.restored
	v.chSeq = max(seq, v.chSeq)
	s.mu.Unlock()
	if handle == nil { // not open, so the session is not on its channel
		s.reply(frame)
		return
	}
	handle.Channel(collab.Channel{Join: join, Raw: raw, Answer: frame, Late: late, Restored: restored})
}

// receivePresenceRequest asks everybody else on the channel to announce their presences again.
func (s *Session) receivePresenceRequest(ctx context.Context, m *wire.PresenceRequest) {
	s.throttle.presence()
	if handle := s.view(m.Doc).admit(ctx, m.Raw()); handle != nil {
		handle.AskAll(m.Raw())
	}
}

// Show queues a presence.
func (v *view) Show(p collab.Shown) {
	s := v.session
	s.mu.Lock()
	if s.left {
		s.mu.Unlock()
		return
	}
	s.outbox.carets.put(v, p)
	wake := s.outbox.signal()
	s.mu.Unlock()
	s.after(false, wake)
}
