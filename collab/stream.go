package collab

import (
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// stream tells a document's readers of committed ops: frames through the feed, and to each author the place of their op. It belongs
// to the turn, but anybody may read the feed.
type stream struct {
	doc    storage.DocumentID
	limit  int // bytes that the feed holds
	feed   feed
	frames []wire.Frame // of one commit; the memory is reused
	late   []lateAck    // of one commit, likewise
}

// lateAck is an acknowledgement that waits until the feed holds the ops before it.
type lateAck struct {
	to  *Handle
	ack Ack
}

// frame encodes an op.
func (t *stream) frame(at storage.Revision, client string, seq int64, body []byte) wire.Frame {
	buf := wire.Begin(len(body) + len(t.doc) + len(client) + 80)
	return wire.Seal(wire.AppendOpFrame(buf, string(t.doc), wire.Version(at), client, seq, body))
}

// add takes an op that is in the log at a revision. It is shown by publish.
func (t *stream) add(at storage.Revision, client string, seq int64, body []byte) {
	t.frames = append(t.frames, t.frame(at, client, seq, body))
}

// publish puts what was added into the feed, and then answers those who could not be answered before.
func (t *stream) publish() {
	t.feed.append(t.frames, t.limit)
	clear(t.frames)
	t.frames = t.frames[:0]
	for _, l := range t.late {
		l.ack.Fed = true
		l.to.reader.Acknowledge(l.ack)
	}
	clear(t.late)
	t.late = t.late[:0]
}

// answer tells everybody who sent o its place, and the form it has there.
func (t *stream) answer(o *order.Op, at storage.Revision, body wire.Body) {
	s := submitted(o)
	if s == nil {
		return
	}
	t.acknowledge(s, at, body)
	s.eachTwin(func(twin *submission) { t.acknowledge(twin, at, body) })
}

// acknowledge tells whoever sent s its place. What can't be said before the feed holds it is said by publish.
func (t *stream) acknowledge(s *submission, at storage.Revision, body wire.Body) {
	if s.answer != unanswered {
		return
	}
	a := Ack{At: at, Client: s.Client, Seq: s.Seq, After: s.Base, Body: body, Raw: s.raw, Fed: at < t.feed.end()}
	x := s.standing.handle
	subscribed := x != nil && x.subscribed
	a.Live = subscribed && at >= x.from
	if subscribed || a.After == storage.Newest {
		a.After = at
	}
	s.answer = answered
	if !s.sender.Acknowledge(a) {
		t.late = append(t.late, lateAck{x, a})
	}
}

// closeLate ends the sessions of those who could not be answered: the ops before theirs will not be known.
func (t *stream) closeLate(reason string) {
	for _, l := range t.late {
		l.to.reader.Done()
		l.to.reader.Close(wire.CloseResync, reason)
	}
	t.late = nil
}
