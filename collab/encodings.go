package collab

import (
	"sync"
	"sync/atomic"

	"quire/collab/budget"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// A snapshot's frame is encoded when its place in a session's stream has come, in that session's goroutine, from a frozen content.
// All who read at one time share one encoding. Of a large document they share even a slightly older one, and get the ops since: else
// many readers of a busy document would each hold an encoding of their own.

// Encoding is one frame with a document's content. Its bytes, of Hub.reading, are held by the document while newcomers share it, and
// by each session that sends it.
type Encoding struct {
	At    storage.Revision
	Frame wire.Frame
	Held  *budget.Reservation
}

// encodings are those of one document that newcomers share. They may be used by any goroutine. The lock is held while one is made, so
// that it is made once.
type encodings struct {
	doc    storage.DocumentID
	budget *budget.Budget
	owner  *budget.Owner // of what is kept here
	shrunk *atomic.Bool  // of the document's status: cleared when one is kept, so that the sweep forgets it later

	mu      sync.Mutex
	current [2]*Encoding // for f and for s
	keeps   atomic.Bool  // any
}

const (
	largeSnapshot = 64 << 10 // bytes; smaller ones are not worth sharing across revisions
	sharedBehind  = 1000     // ops a shared encoding may be behind
)

// get returns an encoding of c for f or s, held for sending, or nil if too many bytes of others' are on their way already.
func (e *encodings) get(c *Content, action wire.Action, sending *budget.Owner) *Encoding {
	e.mu.Lock()
	defer e.mu.Unlock()
	slot := 0
	if action == wire.ActionSubscribe {
		slot = 1
	}
	kept, size := e.current[slot], c.size()
	if kept != nil && e.serves(kept, c, action, size) {
		if !sending.Hold(kept.Held) {
			return nil
		}
		return kept
	}
	held := sending.Take(e.budget, size)
	if held == nil {
		return nil
	}
	if kept != nil {
		e.owner.Drop(kept.Held)
	}
	made := &Encoding{c.At, snapshotFrame(action, string(e.doc), c.Frozen, c.At), held}
	held.Resize(int64(made.Frame.Len()))
	if e.owner.Hold(held) {
		e.current[slot] = made
		e.keeps.Store(true)
		e.shrunk.Store(false)
	}
	return made
}

// serves reports whether an encoding will do for a content: its own, or an older one of a large document for who gets the ops since.
func (e *encodings) serves(kept *Encoding, c *Content, action wire.Action, size int64) bool {
	behind := c.At - kept.At
	if behind == 0 {
		return true
	}
	return action == wire.ActionSubscribe && behind > 0 && kept.Frame.Len() > largeSnapshot &&
		(behind <= sharedBehind || !e.budget.Fits(size))
}

// forget drops encodings that nobody sends, and reports whether those were all.
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

// forgetAll drops all, also those that are being sent: no newcomer may get one.
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

// size is about how many bytes the content's encoding takes.
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
