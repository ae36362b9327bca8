package collab

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"quire/collab/access"
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
	views     map[storage.DocumentID]*view
	pruneAt   int          // views at which those without a document are forgotten
	dirty     []*view      // that may have something to send
	replies   []wire.Frame // in order
	queued    int          // bytes of replies, items and presences
	shown     map[caretKey]*shown
	showing   []*shown // in the order to send
	reading   []*generation
	open      int           // unanswered requests
	room      chan struct{} // closed when open has fallen far enough; nil: nobody waits
	changes   int           // of roles: a look-up that a change has overtaken does not count
	signalled bool
	closed    bool // Close was asked of the transport: only last words are sent
	left      bool

	paid time.Time // Receive's own: until when this session has used its rate (W4)
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
		if s.open < l.Outstanding || s.left {
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

// answered notes that one request is. Session.mu is held.
func (s *Session) answered() {
	s.open--
	if s.room != nil && (s.open <= s.hub.limits.Outstanding/2 || s.left) {
		close(s.room)
		s.room = nil
	}
}

func (s *Session) gone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left || s.closed
}

// hasLeft: what a document is still asked for such a session has no effect; its leave may have been handled already.
func (s *Session) hasLeft() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left
}

// reply queues a frame that belongs to no document's stream.
func (s *Session) reply(f wire.Frame) {
	s.mu.Lock()
	if s.left {
		s.mu.Unlock()
		return
	}
	s.replies = append(s.replies, f)
	full := s.enqueued(f.Len())
	wake := s.signal()
	s.mu.Unlock()
	s.after(full, wake)
}

func (s *Session) replyError(raw string, e *wire.Error) {
	s.reply(wire.Seal(wire.AppendError(wire.Begin(len(raw)+len(e.Message)+64), raw, e)))
}

// enqueued counts bytes that wait to be read, and reports whether they are too many: one frame of any size is not (W2).
// Session.mu is held.
func (s *Session) enqueued(bytes int) bool {
	before := s.queued
	s.queued += bytes
	return s.queued > s.hub.limits.ReplyBytes && before > 0 && bytes > 0
}

// mark puts v among the views with something to send, and reports whether the transport must be woken. Session.mu is held.
func (s *Session) mark(v *view) bool {
	if !v.dirty {
		v.dirty = true
		s.dirty = append(s.dirty, v)
	}
	return s.signal()
}

// signal reports whether the transport must be woken: not again before it pulled. Session.mu is held.
func (s *Session) signal() bool {
	wake := !s.signalled
	s.signalled = true
	return wake
}

// after does what must not be done under the lock.
func (s *Session) after(full, wake bool) {
	if full {
		s.close(wire.CloseSlow, "answers are not read")
	}
	if wake {
		s.transport.Wake()
	}
}

// close asks the transport to end, once.
func (s *Session) close(code wire.CloseCode, reason string) {
	s.mu.Lock()
	first := !s.closed && !s.left
	s.closed = true
	s.mu.Unlock()
	if first {
		s.hub.log.Info("session closed", "user", s.who.User, "code", int(code), "reason", reason)
		s.transport.Close(code, reason)
	}
}

// Leave ends the session: idempotent, from any goroutine. Its presences are announced as gone.
func (s *Session) Leave() {
	s.mu.Lock()
	if s.left {
		s.mu.Unlock()
		return
	}
	s.left = true
	if s.room != nil {
		close(s.room)
		s.room = nil
	}
	reading := s.reading
	s.reading, s.replies, s.dirty, s.shown, s.showing = nil, nil, nil, nil, nil
	leaving := s.opened()
	for _, v := range leaving {
		v.items, v.live, v.acks = nil, false, nil
		v.open++ // until the document has let it go
		s.open++
	}
	s.mu.Unlock()
	for _, g := range reading {
		g.release()
	}
	for _, v := range leaving {
		v.doc.post(leave{v})
	}
	s.hub.forget(s)
}

// opened gives the views that have a document, by its id. Session.mu is held.
func (s *Session) opened() (views []*view) {
	for _, v := range s.views {
		if v.doc != nil {
			views = append(views, v)
		}
	}
	slices.SortFunc(views, func(a, b *view) int { return strings.Compare(string(a.id), string(b.id)) })
	return views
}

// leave takes a view out of its document.
type leave struct{ v *view }

func (m leave) handle(d *document) {
	if !d.wait(m) {
		m.fail(d)
	}
}

// fail does the same without waiting.
func (m leave) fail(d *document) {
	d.unsubscribe(m.v)
	d.leaveChannel(m.v)
	d.dropCarets(m.v)
	s := m.v.session
	s.mu.Lock()
	m.v.holds = 0
	m.v.answered()
	m.v.releaseIfIdle()
	s.mu.Unlock()
}

// enter gives the session's view of a document with a request to it counted as open, or nil if that cannot be.
func (s *Session) enter(v *view) *document {
	s.mu.Lock()
	if s.left || s.closed {
		s.mu.Unlock()
		return nil
	}
	if v.doc == nil {
		s.mu.Unlock()
		d, err := s.hub.acquire(v.id)
		if err != nil {
			s.close(closeOf(err), err.Error())
			return nil
		}
		s.mu.Lock()
		if s.left || v.doc != nil {
			s.mu.Unlock()
			s.hub.release(d)
			return s.enter(v)
		}
		v.doc = d
		s.views[v.id] = v // it may have been dropped when it was idle
	}
	v.open++
	s.open++
	d := v.doc
	s.mu.Unlock()
	return d
}

func closeOf(err error) wire.CloseCode {
	if err == ErrDraining {
		return wire.CloseRestarting
	}
	return wire.CloseOverloaded
}

// view finds what the session has of a document, or begins it.
func (s *Session) view(doc string) *view {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := storage.DocumentID(doc)
	if v := s.views[id]; v != nil {
		return v
	}
	if s.views == nil {
		s.views = make(map[storage.DocumentID]*view, 1)
	}
	if len(s.views) >= s.pruneAt {
		maps.DeleteFunc(s.views, func(_ storage.DocumentID, v *view) bool { return v.doc == nil })
		s.pruneAt = max(keptViews, 2*len(s.views))
	}
	v := &view{session: s, id: id}
	s.views[id] = v
	return v
}

// may looks up the session's role on a document, and refuses the request raw with it if that role does not allow action.
// It reports whether the request goes on.
func (s *Session) may(ctx context.Context, v *view, action access.Action, raw string) (access.Role, storage.Revision, bool) {
	role, since, ok := s.role(ctx, v)
	if !ok {
		return role, since, false
	}
	if !access.Allows(role, action) {
		s.replyError(raw, forbidden())
		return role, since, false
	}
	return role, since, true
}

func forbidden() *wire.Error {
	return wire.Errorf(wire.CodeForbidden, "you have no access to this, or there is no such document")
}

// role looks up the session's role on a document; cached until it changes. ok is false if the session ended over it.
func (s *Session) role(ctx context.Context, v *view) (access.Role, storage.Revision, bool) {
	for {
		s.mu.Lock()
		role, since, known, changes, who := v.role, v.since, v.known, s.changes, s.who
		s.mu.Unlock()
		if known {
			return role, since, true
		}
		err := s.hub.retry(s.hub.rt.Now(), func() (err error) {
			if s.gone() {
				return context.Canceled
			}
			role, since, err = s.hub.lookUp(ctx, who, v.id)
			return err
		})
		if err != nil {
			if !s.gone() {
				s.close(wire.CloseUnavailable, "the database does not answer")
			}
			return access.None, 0, false
		}
		s.mu.Lock()
		if s.changes == changes {
			v.role, v.since, v.known = role, since, true
		}
		s.mu.Unlock()
	}
}
