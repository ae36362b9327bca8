package session

import (
	"context"
	"sync"
	"time"

	"quire/collab"
	"quire/collab/budget"
	"quire/collab/wire"
	"quire/storage"
)

// Session is one connection. It belongs to one identity for its whole life (W9).
type Session struct {
	hub       *collab.Hub
	transport collab.Transport

	mu        sync.Mutex
	who       collab.Identity
	client    string // its client id, once it has one (W1)
	restored  bool   // the client had the id before (presence, §10 of the protocol)
	quire     bool   // it understands Quire's additions
	timeline  int64  // the hub's when it was greeted: what it sends may speak of that one (N12)
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

// Join begins a session of a hub. who is its owner for its whole life (W9).
func Join(hub *collab.Hub, t collab.Transport, who collab.Identity) *Session {
	s := &Session{hub: hub, transport: t, who: who, pruneAt: keptViews, timeline: hub.Timeline()}
	hub.Join(s)
	return s
}

// Identity is the session's.
func (s *Session) Identity() collab.Identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.who
}

// Timeline is the newest timeline of the log that the session was told of (N12).
func (s *Session) Timeline() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.timeline
}

// Load counts unanswered requests, bytes not sent, and documents of which the session remembers something.
func (s *Session) Load() (requests, queued, documents int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open, s.queued, len(s.views)
}

// Receive takes one text frame, which it does not keep. It is called by one goroutine, in order, and may block: for roles
// to be looked up, and to slow down who sends too fast (W4).
func (s *Session) Receive(ctx context.Context, frame []byte) {
	if s.gone() || s.hub.Draining() || s.throttle(ctx, len(frame)) != nil {
		return // while draining: what is not answered is sent again to whoever comes next
	}
	m, err := wire.Decode(frame, s.hub.Limits().Wire)
	s.dispatch(ctx, m, err)
}

// ReceiveOversized answers for a frame over the limit, of which only the first ≤ 4 KiB were kept.
func (s *Session) ReceiveOversized(prefix []byte, size int64) {
	if s.gone() {
		return
	}
	m, err := wire.DecodeOversized(prefix, size, s.hub.Limits().FrameBytes)
	s.dispatch(s.hub.Context(), m, err)
}

func (s *Session) dispatch(ctx context.Context, m wire.Message, err error) {
	s.prune()
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
