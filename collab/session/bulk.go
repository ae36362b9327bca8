package session

import (
	"context"
	"strconv"

	"quire/collab"
	"quire/collab/wire"
)

// bulk is the answer to one bf or bs. The streams of its documents stop at it until all have reached it. It is used under Session.mu,
// but for a part's content, which its document sets before it answers.
type bulk struct {
	session  *Session
	action   wire.Action // bf or bs
	versions bool
	parts    []bulkPart
	reached  int // parts whose ops are sent, or that are refused
}

type bulkPart struct {
	doc     string
	version wire.Version
	view    *view // whose stream waits; nil: refused, or its ops are not sent yet
	content *collab.Content
	err     *wire.Error
}

// smallBulk is the size in bytes up to which snapshots are put into one frame. Above it each document gets an answer of its own, which
// clients treat the same.
const smallBulk = 256 << 10

func (s *Session) receiveBulk(ctx context.Context, raw string, action wire.Action, docs []wire.DocVersion, versions bool) {
	b := &bulk{session: s, action: action, versions: versions, parts: make([]bulkPart, len(docs))}
	handles := make([]*collab.Handle, len(docs))
	for i, doc := range docs {
		b.parts[i] = bulkPart{doc: doc.Doc, version: doc.Version}
		handles[i], b.parts[i].err = s.view(doc.Doc).enterOrOpen(ctx)
		switch {
		case b.parts[i].err != nil:
			b.reached++
		case handles[i] == nil: // the session is over
			for j, opened := range handles[:i] {
				if opened != nil {
					s.view(docs[j].Doc).Done()
				}
			}
			return
		}
	}
	if b.reached == len(b.parts) {
		s.mu.Lock()
		b.conclude()
		s.mu.Unlock()
		s.transport.Wake()
		return
	}
	for i, handle := range handles {
		if handle != nil {
			r := newFetch(s.view(docs[i].Doc), raw, b.single(), docs[i].Version)
			r.bulk, r.bulkIndex = b, i
			handle.Fetch(&r.Fetch)
		}
	}
}

// single returns the action for one document that corresponds to the bulk's.
func (b *bulk) single() wire.Action {
	if b.action == wire.ActionBulkSubscribe {
		return wire.ActionSubscribe
	}
	return wire.ActionFetch
}

func (b *bulk) refused(i int, err *wire.Error) {
	s := b.session
	s.mu.Lock()
	b.parts[i].err = err
	b.reached++
	if !s.left && !s.closed && b.reached == len(b.parts) && !b.unresolved() {
		b.conclude()
	}
	wake := s.outbox.signal()
	s.mu.Unlock()
	s.after(false, wake)
}

// bulk notes that the ops of one part are sent. It returns false while the view must wait for others.
func (p *puller) bulk(v *view, it item) bool {
	b := it.bulk
	if b.parts[it.part].view == nil {
		b.parts[it.part].view = v
		b.reached++
	}
	if b.reached < len(b.parts) || b.unresolved() {
		return false
	}
	b.conclude()
	p.replies() // before any live op of these documents
	return true
}

// unresolved reports whether the role on some part's document is being looked up: then the answer waits. Session.mu is held.
func (b *bulk) unresolved() bool {
	for _, part := range b.parts {
		if part.view != nil && !part.view.readable {
			return true
		}
	}
	return false
}

// conclude sends the answer and lets the views continue. Session.mu is held.
func (b *bulk) conclude() {
	s := b.session
	for _, f := range b.frames() {
		s.outbox.replies = append(s.outbox.replies, f)
		s.outbox.bytes += f.Len()
	}
	for _, part := range b.parts {
		v := part.view
		if v == nil {
			continue
		}
		it := v.items[0]
		if part.content == nil || !b.large() {
			v.pop(it.to)
		} else { // its own answer replaces the bulk's
			v.items[0] = item{from: it.to, to: it.to, content: part.content, action: b.single(), begins: it.begins}
		}
		s.outbox.queue(v)
	}
}

func (b *bulk) large() bool {
	size := 0
	for _, part := range b.parts {
		if part.content != nil && part.content.Frozen != nil {
			size += part.content.Frozen.Len()
		}
	}
	return size > smallBulk
}

func (b *bulk) frames() []wire.Frame {
	switch {
	case b.versions:
		return b.echo()
	case b.large():
		return b.refusals()
	}
	buf := wire.BeginBulk(wire.Begin(1024), b.action)
	for _, part := range b.parts {
		switch {
		case part.err != nil:
			buf = wire.AppendBulkRefusal(buf, part.doc, part.err)
		default:
			snapshot := wire.Snapshot{Version: wire.Version(part.content.At)}
			if part.content.Frozen != nil {
				snapshot.Content = part.content.Frozen
			}
			buf = wire.AppendBulkSnapshot(buf, part.doc, snapshot)
		}
	}
	return []wire.Frame{wire.Seal(wire.EndBulk(buf))}
}

// echo answers a bulk with versions by naming the documents that succeeded. The others get an error each, since an error to the bulk
// would count for all.
func (b *bulk) echo() []wire.Frame {
	frames := b.refusals()
	good := []byte{'{'}
	for _, part := range b.parts {
		if part.err == nil {
			if len(good) > 1 {
				good = append(good, ',')
			}
			good = append(append(good, '"'), part.doc...) // ids need no escapes
			good = strconv.AppendInt(append(good, `":`...), int64(part.version), 10)
		}
	}
	if len(good) == 1 && len(b.parts) > 0 {
		return frames
	}
	buf := wire.AppendBulkReply(wire.Begin(64+len(good)), b.action, string(append(good, '}')))
	return append(frames, wire.Seal(buf))
}

func (b *bulk) refusals() (frames []wire.Frame) {
	for _, part := range b.parts {
		if part.err != nil {
			echo := string(wire.AppendReply(nil, b.single(), part.doc))
			frames = append(frames, wire.Seal(wire.AppendError(wire.Begin(len(echo)+128), echo, part.err)))
		}
	}
	return frames
}

func (s *Session) receiveBulkUnsubscribe(m *wire.BulkUnsubscribe) {
	for _, doc := range m.Docs {
		if handle := s.view(doc.Doc).enter(); handle != nil {
			handle.Unsubscribe(wire.Frame{})
		}
	}
	s.reply(wire.Seal(wire.AppendBulkReply(wire.Begin(64+len(m.B)), wire.ActionBulkUnsubscribe, m.B)))
}
