package collab

import (
	"context"
	"sync"
	"time"

	"quire/collab/budget"
	"quire/collab/wire"
	"quire/storage"
)

// Session is one connection. It belongs to one identity for its whole life (W9).
type Session struct {
	hub       *Hub
	transport Transport
	number    uint64 // counts a node's sessions

	mu        sync.Mutex
	who       Identity
	client    string // its client id, once it has one (W1)
	restored  bool   // the client had the id before (presence, §10 of the protocol)
	quire     bool   // it understands Quire's additions
	past      int64  // of the hub, when it was greeted: what it sends may speak of that (N12)
	views     map[storage.DocumentID]*view
	dirty     []*view      // that may have something to send
	replies   []wire.Frame // in order
	queued    int          // bytes of replies, items and presences
	shown     map[caretKey]*shown
	showing   []*shown      // in the order to send
	sending   *budget.Owner // of the snapshots that the last Pull gave; nil: there were none
	open      int           // unanswered requests
	openBytes int           // of unanswered ops
	room      chan struct{} // closed when open has fallen far enough; nil: nobody waits
	signalled bool
	expelled  bool // closed for lack of access
	closed    bool // Close was asked of the transport: only last words are sent
	left      bool

	// Of Receive's goroutine:
	paid    time.Time // until when this session has used its rate (W4)
	pruneAt int       // views at which those without a document are forgotten
}

// Who is the session's identity.
func (s *Session) Who() Identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.who
}

// Receive takes one text frame, which it does not keep. It is called by one goroutine, in order, and may block: for roles
// to be looked up, and to slow down who sends too fast (W4).
func (s *Session) Receive(ctx context.Context, frame []byte) {
	if s.gone() || s.hub.draining.Load() || s.throttle(ctx, len(frame)) != nil {
		return // while draining: what is not answered is sent again to whoever comes next
	}
	m, err := wire.Decode(frame, s.hub.limits.Wire)
	s.dispatch(ctx, m, err)
}

// ReceiveOversized answers for a frame over the limit, of which only the first ≤ 4 KiB were kept.
func (s *Session) ReceiveOversized(prefix []byte, size int64) {
	if s.gone() {
		return
	}
	m, err := wire.DecodeOversized(prefix, size, s.hub.limits.FrameBytes)
	s.dispatch(s.hub.ctx, m, err)
}

func (s *Session) dispatch(ctx context.Context, m wire.Message, err error) {
	s.prune()
	if m == nil {
		s.close(wire.CloseProtocolError, "not a JSON object with an action")
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
		s.receivePast(ctx, m.Raw(), pastRequest{wire.ActionFetchVersion, m.ID, m.Doc, m.Version, wire.NoTime})
	case *wire.FetchTime:
		s.receivePast(ctx, m.Raw(), pastRequest{wire.ActionFetchTime, m.ID, m.Doc, wire.NoVersion, m.Millis})
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

// throttle lets a session pay for a frame with time, beyond a second's worth in advance, and waits while too many of its
// requests are unanswered.
func (s *Session) throttle(ctx context.Context, bytes int) error {
	l := &s.hub.limits
	now := s.hub.rt.Now()
	if s.paid.Before(now.Add(-time.Second)) {
		s.paid = now.Add(-time.Second)
	}
	s.paid = s.paid.Add(time.Second/time.Duration(l.FramesPerSec) + time.Duration(bytes)*time.Second/time.Duration(l.BytesPerSec))
	if ahead := s.paid.Sub(now); ahead > 0 {
		if err := sleep(ctx, s.hub.rt, ahead); err != nil {
			return err
		}
	}
	for {
		s.mu.Lock()
		if s.open < l.Outstanding && s.openBytes < l.OutstandingBytes || s.left {
			s.mu.Unlock()
			return nil
		}
		if s.room == nil {
			s.room = make(chan struct{})
		}
		room := s.room
		s.mu.Unlock()
		if err := s.hub.rt.Wait(ctx, room); err != nil {
			return err
		}
	}
}
