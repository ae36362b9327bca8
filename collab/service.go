package collab

import (
	"context"
	"time"

	"quire/collab/wire"
	"quire/storage"
)

// What a session needs of its hub.

// Limits are those of the hub, with the defaults in the place of zeros.
func (h *Hub) Limits() *Limits { return &h.node.limits }

// Runtime is where its goroutines and time come from.
func (h *Hub) Runtime() Runtime { return h.node.rt }

// Context ends with Close.
func (h *Hub) Context() context.Context { return h.node.ctx }

// Draining reports whether the node is about to stop: nothing more is taken.
func (h *Hub) Draining() bool { return h.draining.Load() }

// Retry calls f until it succeeds, fails for good, or begun is longer ago than a request waits for the store (W7). It blocks.
func (h *Hub) Retry(begun time.Time, f func() error) error { return h.node.retry(begun, f) }

// Task runs f in a goroutine that Close waits for.
func (h *Hub) Task(f func()) { h.node.task(f) }

// Objection says what in an op the table of formats does not hold (E3); nil: nothing. The op is refused for it only when it turns
// out not to be one that is in the log already.
func (h *Hub) Objection(b wire.Body) *wire.Error {
	if err := h.cfg.Formats.Check(b.Delta); err != nil {
		return wire.Errorf(wire.CodeOpNotApplied, "%v", err)
	}
	return nil
}

// NewClientID makes a client id for a user (W1).
func (h *Hub) NewClientID(user storage.UserID) string {
	return wire.NewClientID(h.cfg.Secret.Bytes(), string(user))
}

// OwnsClientID reports whether an id was made for that user.
func (h *Hub) OwnsClientID(user storage.UserID, id string) bool {
	return wire.VerifyClientID(h.cfg.Secret.Bytes(), string(user), id)
}

// Greeting is what Quire's own clients are told of the node.
func (h *Hub) Greeting(who Identity) *wire.HelloQuire {
	return &wire.HelloQuire{
		Build: h.cfg.Build, Formats: h.cfg.Formats.Version(), User: who.Person(),
		Limits: wire.HelloLimits{
			Frame: h.node.limits.FrameBytes, Components: h.node.limits.Wire.Op.Components, Document: h.node.limits.DocumentUnits,
		},
	}
}

// LogClosed tells of a session's end.
func (h *Hub) LogClosed(user storage.UserID, code wire.CloseCode, reason string) {
	h.node.log.Info("session closed", "user", user, "code", int(code), "reason", reason)
}
