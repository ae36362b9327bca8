package collab

import (
	"sync"
	"sync/atomic"

	"quire/collab/budget"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// A session encodes a snapshot when it is next to be sent, from a frozen content. Sessions that read at the same time share one
// encoding. Of a large document they share even a slightly older one, and get the ops since: else many readers of a busy document would
// each hold an encoding of their own.

// Encoding is a frame with a document's content. Its bytes, of Hub.reading, are held by each session that sends it, and kept by the
// document while later readers may share it. Of several readers one pays, the one who came first, and when they have it the next; so who
// does not read pays in the end, and nobody for others. What is only kept is in nobody's share, and gives way to whoever reads.
type Encoding struct {
	At    storage.Revision
	Frame wire.Frame
	Held  *budget.Reservation
}

// encodings keeps the encodings of one document that readers share. Any goroutine may use it. The lock is held while one is made, so
// that it is made once.
type encodings struct {
	doc    storage.DocumentID
	budget *budget.Shares
	owner  *budget.Owner // of what is kept here
	shrunk *atomic.Bool  // the status's: cleared when one is kept, so that the sweep drops it later

	mu      sync.Mutex
	current [2]*Encoding // for f and for s
	keeps   atomic.Bool  // any
}

const (
	largeSnapshot = 64 << 10 // bytes; smaller ones are not worth sharing across revisions
	sharedBehind  = 1000     // ops a shared encoding may be behind
)

// get returns an encoding of c for the action f or s, and holds it for sending, in a person's share. held is what they have reserved
// for it; nil: nothing. It returns nil if they have no room.
func (e *encodings) get(c *Content, action wire.Action, sending *budget.Owner, of budget.Share, held *budget.Reservation) *Encoding {
	e.mu.Lock()
	defer e.mu.Unlock()
	slot := 0
	if action == wire.ActionSubscribe {
		slot = 1
	}
	kept, size := e.current[slot], c.size()
	if kept != nil && e.serves(kept, c, action, size) {
		sending.Drop(held)
		if !sending.Hold(kept.Held, of) {
			return nil
		}
		return kept
	}
	if held == nil {
		held = sending.Take(of, size)
	}
	if held == nil {
		return nil
	}
	if kept != nil {
		e.owner.Drop(kept.Held)
	}
	made := &Encoding{c.At, snapshotFrame(action, string(e.doc), c.Frozen, c.At), held}
	held.Resize(int64(made.Frame.Len()))
	if e.owner.Keep(held) {
		e.current[slot] = made
		e.keeps.Store(true)
		e.shrunk.Store(false)
	}
	return made
}

// serves reports whether an encoding can be used for c: it is of the same revision, or older and of a large document, and the reader
// gets the ops since.
func (e *encodings) serves(kept *Encoding, c *Content, action wire.Action, size int64) bool {
	behind := c.At - kept.At
	if behind == 0 {
		return true
	}
	return action == wire.ActionSubscribe && behind > 0 && kept.Frame.Len() > largeSnapshot &&
		(behind <= sharedBehind || e.budget.Used() > e.budget.Limit-size)
}

// forget drops the encodings that nobody is sending, and reports whether those were all.
func (e *encodings) forget() (all bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	all = true
	for i, kept := range e.current {
		switch {
		case kept == nil:
		case kept.Held.Shared():
			all = false
		default:
			e.owner.Drop(kept.Held)
			e.current[i] = nil
		}
	}
	e.keeps.Store(!all)
	return all
}

// forgetAll drops all, also those that are being sent, so that no other reader gets them.
func (e *encodings) forgetAll() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, kept := range e.current {
		if kept != nil {
			e.owner.Drop(kept.Held)
			e.current[i] = nil
		}
	}
	e.keeps.Store(false)
}

// Content is a document's content when it handled the request.
type Content struct {
	Frozen *delta.Frozen // nil: there is none
	At     storage.Revision
}

// size estimates the bytes of the content's encoding.
func (c *Content) size() int64 {
	size := int64(256)
	if c.Frozen != nil {
		size += int64(c.Frozen.Len())
	}
	return size
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
