package collab

import (
	"sync"
	"sync/atomic"

	"quire/collab/budget"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// A snapshot's frame is encoded when its turn in a session's stream has come, in that session's goroutine, from a frozen
// tree. All who read at one time share one encoding. For a large document they share even a slightly older one, and get
// the ops since: else many readers of a busy document would each hold an encoding of their own.

// Encoding is one frame with a document's content. Its place in Hub.reading is held by the document while newcomers share it, and
// by each session that sends it.
type Encoding struct {
	At    storage.Revision
	Frame wire.Frame
	Held  *budget.Reservation
}

// snapshotReads shares a document's encodings. The lock is held while one is made, so that it is made once.
type snapshotReads struct {
	mu      sync.Mutex
	current [2]*Encoding // for f and for s
	keeps   atomic.Bool  // any
}

const (
	largeSnapshot = 64 << 10 // bytes; smaller ones are not worth sharing across revisions
	sharedBehind  = 1000     // ops a shared encoding may be behind
)

// encoded returns an encoding of c for f or s, held for sending, or nil if too many bytes of others' are on their way already.
func (d *document) encoded(c *Content, action wire.Action, sending *budget.Owner) *Encoding {
	r, h := &d.reads, d.hub
	r.mu.Lock()
	defer r.mu.Unlock()
	slot, follows := 0, action == wire.ActionSubscribe
	if follows {
		slot = 1
	}
	g := r.current[slot]
	behind := storage.Revision(0)
	if g != nil {
		behind = c.At - g.At
	}
	size := int64(256)
	if c.Frozen != nil {
		size += int64(c.Frozen.Len())
	}
	if g != nil && (behind == 0 || follows && behind > 0 && g.Frame.Len() > largeSnapshot &&
		(behind <= sharedBehind || !h.reading.Fits(size))) {
		if !sending.Hold(g.Held) {
			return nil
		}
		return g
	}
	held := sending.Take(&h.reading, size)
	if held == nil {
		return nil
	}
	if g != nil {
		d.holds.Drop(g.Held)
	}
	g = &Encoding{c.At, snapshotFrame(action, string(d.id), c.Frozen, c.At), held}
	held.Resize(int64(g.Frame.Len()))
	if d.holds.Hold(held) {
		r.current[slot] = g
		r.keeps.Store(true)
		d.status.shrunk.Store(false) // so that it is forgotten when the document is quiet
	}
	return g
}

// forget drops encodings that nobody sends, and reports whether that is all of them.
func (d *document) forget() (all bool) {
	r := &d.reads
	r.mu.Lock()
	defer r.mu.Unlock()
	all = true
	for i, g := range r.current {
		switch {
		case g == nil:
		case g.Held.Shared():
			all = false
		default:
			d.holds.Drop(g.Held)
			r.current[i] = nil
		}
	}
	r.keeps.Store(!all)
	return all
}

// forgetEncodings makes room for a reader: what documents keep of encodings only for newcomers goes.
func (h *Hub) forgetEncodings() {
	for _, d := range h.registry.pick(func(d *document) bool { return d.reads.keeps.Load() }) {
		d.forget()
		h.registry.release(d)
	}
}

func snapshotFrame(action wire.Action, doc string, content *delta.Frozen, at storage.Revision) wire.Frame {
	s := wire.Snapshot{Version: wire.Version(at)}
	size := 256
	if content != nil {
		s.Content = content // only if there is one: a nil *Frozen is not a nil Content
		size += content.Len() + content.Len()/8
	}
	return wire.Seal(wire.AppendSnapshot(wire.Begin(size), action, doc, s))
}
