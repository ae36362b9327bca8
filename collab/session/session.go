package session

import (
	"context"
	"sync"

	"quire/collab"
	"quire/collab/wire"
)

// Session is one connection, of one identity (W9).
type Session struct {
	hub       *collab.Hub
	node      *collab.Node
	protocol  *collab.Protocol
	transport collab.Transport

	mu       sync.Mutex
	who      collab.Identity
	client   client
	views    views
	outbox   outbox
	throttle throttle
	work     *work // of its requests; nil: none began
	expelled bool  // access was taken away: what is queued was dropped
	closed   bool  // Close was called: only replies are sent
	left     bool
}

// Join begins a session of a hub, which belongs to who for its whole life (W9).
func Join(hub *collab.Hub, t collab.Transport, who collab.Identity) *Session {
	s := &Session{hub: hub, node: hub.Node(), protocol: hub.Protocol(), transport: t, who: who}
	s.client.timeline = hub.Timeline()
	s.views.pruneAt = keptViews
	s.outbox.limit = s.node.Limits().ReplyBytes
	s.throttle.limits, s.throttle.rt = s.node.Limits(), s.node.Runtime()
	hub.Join(s)
	return s
}

// Identity returns whose session it is.
func (s *Session) Identity() collab.Identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.who
}

// Timeline returns the newest timeline of the log that the client was told of (N12).
func (s *Session) Timeline() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.client.timeline
}

// Load counts unanswered requests, bytes not sent, and documents that the session has or remembers.
func (s *Session) Load() (requests, queued, documents int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.throttle.requests, s.outbox.bytes + s.outbox.carets.bytes, len(s.views.byID)
}

// Receive handles one text frame, and does not keep it. It is called by one goroutine, in order. It may block: while a role is looked
// up, and to slow down a client that sends too fast (W4).
func (s *Session) Receive(ctx context.Context, frame []byte) {
	if s.gone() || s.hub.Draining() || s.slowDown(ctx, len(frame)) != nil {
		return // while draining: the client will send it again to another node
	}
	m, err := wire.Decode(frame, s.node.Limits().Wire)
	s.dispatch(ctx, m, err)
}

// slowDown blocks while the client has sent too fast, or has too much unanswered.
func (s *Session) slowDown(ctx context.Context, bytes int) error {
	if err := s.throttle.pace(ctx, bytes); err != nil {
		return err
	}
	return s.waitFor(ctx, s.throttle.wait)
}

// waitFor blocks until more returns nil, or the session has left. more returns what to wait for before it is called again, under mu.
func (s *Session) waitFor(ctx context.Context, more func() <-chan struct{}) error {
	for {
		var slots <-chan struct{}
		s.mu.Lock()
		if !s.left {
			slots = more()
		}
		s.mu.Unlock()
		if slots == nil {
			return nil
		}
		if err := s.node.Runtime().Wait(ctx, slots); err != nil {
			return err
		}
	}
}

// ReceiveOversized answers a frame over the limit of size bytes, of which prefix are the first 4 KiB or less.
func (s *Session) ReceiveOversized(prefix []byte, size int64) {
	if s.gone() {
		return
	}
	m, err := wire.DecodeOversized(prefix, size, s.node.Limits().FrameBytes)
	s.dispatch(s.node.Context(), m, err)
}

func (s *Session) dispatch(ctx context.Context, m wire.Message, err error) {
	s.views.prune(&s.mu)
	if m == nil {
		s.Close(wire.CloseProtocolError, "not a JSON object with an action")
		return
	}
	if err != nil {
		s.replyError(m.Raw(), asWireError(err))
		return
	}
	switch m := m.(type) {
	case *wire.Op:
		s.receiveOp(ctx, m)
	case *wire.Presence:
		s.receivePresence(ctx, m)
	case *wire.Handshake:
		s.receiveHandshake(m)
	case *wire.Fetch:
		s.receiveFetch(ctx, m.Raw(), wire.ActionFetch, m.Doc, m.Version)
	case *wire.Subscribe:
		s.receiveFetch(ctx, m.Raw(), wire.ActionSubscribe, m.Doc, m.Version)
	case *wire.Unsubscribe:
		s.receiveUnsubscribe(m)
	case *wire.BulkFetch:
		s.receiveBulk(ctx, m.Raw(), wire.ActionBulkFetch, m.Docs, m.Versions)
	case *wire.BulkSubscribe:
		s.receiveBulk(ctx, m.Raw(), wire.ActionBulkSubscribe, m.Docs, m.Versions)
	case *wire.BulkUnsubscribe:
		s.receiveBulkUnsubscribe(m)
	case *wire.FetchVersion:
		(&pastRequest{s, m.Raw(), wire.ActionFetchVersion, m.ID, m.Doc, m.Version, wire.NoTime}).receive(ctx)
	case *wire.FetchTime:
		(&pastRequest{s, m.Raw(), wire.ActionFetchTime, m.ID, m.Doc, wire.NoVersion, m.Millis}).receive(ctx)
	case *wire.PresenceSubscribe:
		s.receiveChannel(ctx, m.Raw(), wire.ActionPresenceSubscribe, m.Doc, m.Seq)
	case *wire.PresenceUnsubscribe:
		s.receiveChannel(ctx, m.Raw(), wire.ActionPresenceUnsubscribe, m.Doc, m.Seq)
	case *wire.PresenceRequest:
		s.receivePresenceRequest(ctx, m)
	case *wire.Ping:
		s.reply(wire.Seal(wire.AppendPong(wire.Begin(16))))
	default:
		s.replyError(m.Raw(), wire.Errorf(wire.CodeBadlyFormed, "unknown message"))
	}
}

func asWireError(err error) *wire.Error {
	if e, ok := err.(*wire.Error); ok {
		return e
	}
	return wire.Errorf(wire.CodeUnknown, "%v", err)
}
