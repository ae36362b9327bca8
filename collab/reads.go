package collab

import (
	"context"
	"sync"

	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// A snapshot's frame is encoded when its turn in a session's stream has come, in that session's goroutine, from a frozen
// tree. All who read at one time share one encoding. For a large document they share even a slightly older one, and get
// the ops since: else many readers of a busy document would each hold an encoding of their own.

// snapshotOrder asks for a document's content as it was when the document saw the request.
type snapshotOrder struct {
	action  wire.Action // f or s
	content *delta.Frozen
	at      storage.Revision
}

// generation is one encoding, counted by who is sending it.
type generation struct {
	reads *snapshotReads
	hub   *Hub
	at    storage.Revision
	frame wire.Frame
	users int  // of snapshotReads.mu
	kept  bool // it is the one that newcomers share; of snapshotReads.mu
}

// snapshotReads shares a document's encodings. The lock is held while one is made, so that it is made once.
type snapshotReads struct {
	mu      sync.Mutex
	current [2]*generation // for f and for s
}

const (
	largeSnapshot = 64 << 10 // bytes; smaller ones are not worth sharing across revisions
	sharedBehind  = 1000     // ops a shared encoding may be behind
)

// get gives an encoding of o, or nil if too many bytes of others' are on their way already.
func (r *snapshotReads) get(h *Hub, doc string, o *snapshotOrder) *generation {
	r.mu.Lock()
	defer r.mu.Unlock()
	slot, follows := 0, o.action == wire.ActionSubscribe
	if follows {
		slot = 1
	}
	g := r.current[slot]
	behind := storage.Revision(0)
	if g != nil {
		behind = o.at - g.at
	}
	size := int64(256)
	if o.content != nil {
		size += int64(o.content.Len())
	}
	over := h.reading.Load()+size > h.limits.SnapshotReads && h.reading.Load() > 0
	switch {
	case g != nil && behind == 0,
		g != nil && follows && behind > 0 && g.frame.Len() > largeSnapshot && (behind <= sharedBehind || over):
		g.users++
		return g
	case over:
		return nil
	}
	if g != nil {
		g.kept = false
		g.drop()
	}
	g = &generation{reads: r, hub: h, at: o.at, frame: snapshotFrame(o.action, doc, o.content, o.at), users: 1, kept: true}
	h.reading.Add(int64(g.frame.Len()))
	r.current[slot] = g
	return g
}

func (g *generation) release() {
	g.reads.mu.Lock()
	g.users--
	g.drop()
	g.reads.mu.Unlock()
}

// drop takes g out of the count when nobody has it. The lock is held.
func (g *generation) drop() {
	if g.users == 0 && !g.kept {
		g.hub.reading.Add(int64(-g.frame.Len()))
	}
}

// forget drops encodings that nobody sends.
func (r *snapshotReads) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, g := range r.current {
		if g != nil && g.users == 0 {
			g.kept = false
			g.drop()
			r.current[i] = nil
		}
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

// snapshot sends a snapshot and gives the revision it is of. It waits for others' to be sent if there are too many.
func (p *puller) snapshot(v *view, o *snapshotOrder) (storage.Revision, bool) {
	s, doc := p.s, v.doc
	s.hub.retain(doc)
	s.mu.Unlock()
	var g *generation
	err := s.hub.retry(s.hub.rt.Now(), func() error {
		if s.gone() {
			return context.Canceled
		}
		if g = doc.reads.get(s.hub, string(doc.id), o); g == nil {
			return ErrOverloaded
		}
		return nil
	})
	if err != nil && !s.gone() {
		s.close(wire.CloseOverloaded, "too many large documents are being read")
	}
	s.mu.Lock()
	s.hub.release(doc)
	if g == nil {
		return 0, false
	}
	if s.left || s.closed || !v.readable() {
		p.released = append(p.released, g)
		return 0, false
	}
	s.reading = append(s.reading, g)
	p.emit(g.frame)
	return g.at, true
}
