package collab

import (
	"context"
	"log/slog"

	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// Config is what a Hub needs.
type Config struct {
	Store   storage.Store
	Formats *delta.Formats // nil: FORMATS=any, which also turns off the last newline (E6)
	Secret  []byte         // signs client ids (W1)
	Build   string         // told to Quire's own clients
	Limits  Limits
	Log     *slog.Logger // nil: none
	Runtime Runtime      // nil: System
}

// Hub keeps the live documents and sessions of one node.
type Hub struct{ cfg Config }

// NewHub makes a hub over an open store; it asks the store for its epoch (L9).
func NewHub(cfg Config) (*Hub, error) { return &Hub{cfg}, nil }

// Join begins a session. who is its owner for its whole life (W9).
func (h *Hub) Join(t Transport, who Identity) *Session { return &Session{} }

// Drain ends service for a restart: every session is told and closed with 4000, pending ops are committed, changed
// documents get a snapshot. Afterwards everything is refused. It returns early when ctx is done.
func (h *Hub) Drain(ctx context.Context) error { return nil }

// Close drops everything at once and waits for the hub's goroutines. Call it after Drain and before closing the store.
func (h *Hub) Close() {}

// Session is one connection.
type Session struct{}

// Receive takes one text frame, which it does not keep. It is called by one goroutine, in order, and may block: for roles
// to be looked up, and to slow down who sends too fast (W4).
func (s *Session) Receive(ctx context.Context, frame []byte) {}

// ReceiveOversized answers for a frame over the limit, of which only the first ≤ 4 KiB were kept.
func (s *Session) ReceiveOversized(prefix []byte, size int64) {}

// Pull appends the next frames to send to dst, about maxBytes of them but at least one if there is any. It is called by one
// goroutine at a time, never from within Wake, and may read the log.
func (s *Session) Pull(dst []wire.Frame, maxBytes int) []wire.Frame { return dst }

// Leave ends the session: idempotent, from any goroutine. Presences are announced as gone.
func (s *Session) Leave() {}

// Who is the session's identity.
func (s *Session) Who() Identity { return Identity{} }
