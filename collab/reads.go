package collab

import (
	"context"
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

// snapshotOrder asks for a document's content as it was when the document saw the request.
type snapshotOrder struct {
	action  wire.Action // f or s
	content *delta.Frozen
	at      storage.Revision
}

// generation is one encoding. Its place in Hub.reading is held by the document while newcomers share it, and by each session
// that sends it.
type generation struct {
	at    storage.Revision
	frame wire.Frame
	held  *budget.Reservation
}

// snapshotReads shares a document's encodings. The lock is held while one is made, so that it is made once.
type snapshotReads struct {
	mu      sync.Mutex
	current [2]*generation // for f and for s
	keeps   atomic.Bool    // any
}

const (
	largeSnapshot = 64 << 10 // bytes; smaller ones are not worth sharing across revisions
	sharedBehind  = 1000     // ops a shared encoding may be behind
)

// encoded returns an encoding of o, held for sending, or nil if too many bytes of others' are on their way already.
func (d *document) encoded(o *snapshotOrder, sending *budget.Owner) *generation {
	r, h := &d.reads, d.hub
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
	if g != nil && (behind == 0 || follows && behind > 0 && g.frame.Len() > largeSnapshot &&
		(behind <= sharedBehind || !h.reading.Fits(size))) {
		if !sending.Hold(g.held) {
			return nil
		}
		return g
	}
	held := sending.Take(&h.reading, size)
	if held == nil {
		return nil
	}
	if g != nil {
		d.holds.Drop(g.held)
	}
	g = &generation{at: o.at, frame: snapshotFrame(o.action, string(d.id), o.content, o.at), held: held}
	held.Resize(int64(g.frame.Len()))
	if d.holds.Hold(held) {
		r.current[slot] = g
		r.keeps.Store(true)
		d.shrunk.Store(false) // so that it is forgotten when the document is quiet
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
		case g.held.Shared():
			all = false
		default:
			d.holds.Drop(g.held)
			r.current[i] = nil
		}
	}
	r.keeps.Store(!all)
	return all
}

// forgetEncodings makes room for a reader: what documents keep of encodings only for newcomers goes.
func (h *Hub) forgetEncodings() {
	h.mu.Lock()
	var keeping []*document
	for _, d := range h.documents {
		if d.reads.keeps.Load() {
			keeping = append(keeping, d)
		}
	}
	h.mu.Unlock()
	for _, d := range keeping {
		d.forget()
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
	if s.sending == nil {
		s.sending = &budget.Owner{}
	}
	sending := s.sending
	s.hub.retain(doc)
	s.mu.Unlock()
	var g *generation
	err := s.hub.retry(s.hub.rt.Now(), func() error {
		if s.gone() {
			return context.Canceled
		}
		if g = doc.encoded(o, sending); g == nil {
			s.hub.forgetEncodings()
			g = doc.encoded(o, sending)
		}
		if g == nil {
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
		sending.Drop(g.held)
		return 0, false
	}
	p.emit(g.frame)
	return g.at, true
}
