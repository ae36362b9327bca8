package collab

import (
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// stream publishes committed ops: it puts their frames into the feed, and tells each author the place of their op. Only the turn uses
// it, but any goroutine may read the feed.
type stream struct {
	doc    storage.DocumentID
	limit  int // bytes that the feed may hold
	feed   feed
	frames []wire.Frame // added and not yet published; the memory is reused
	late   []lateAck    // likewise
}

// lateAck is an acknowledgement that can only be sent once the feed holds the ops before it.
type lateAck struct {
	to  *Handle
	ack Ack
}

// frame encodes an op.
func (t *stream) frame(at storage.Revision, client string, seq int64, body []byte) wire.Frame {
	buf := wire.Begin(len(body) + len(t.doc) + len(client) + 80)
	return wire.Seal(wire.AppendOpFrame(buf, string(t.doc), wire.Version(at), client, seq, body))
}

// add adds an op that is in the log, to be shown by publish.
func (t *stream) add(at storage.Revision, client string, seq int64, body []byte) {
	t.frames = append(t.frames, t.frame(at, client, seq, body))
}

// publish puts the added frames into the feed, and then sends the late acknowledgements.
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

// answer tells the senders of o and of its twins where it is in the log, and its form there.
func (t *stream) answer(o *order.Op, at storage.Revision, body wire.Body) {
	s := submitted(o)
	if s == nil {
		return
	}
	t.acknowledge(s, at, body)
	s.eachTwin(func(twin *submission) { t.acknowledge(twin, at, body) })
}

// acknowledge tells the sender of s its place in the log, now or after the next publish.
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

// closeLate closes the sessions that wait for a late acknowledgement: the ops before theirs will not be published.
func (t *stream) closeLate(reason string) {
	for _, l := range t.late {
		l.to.reader.Done()
		l.to.reader.Close(wire.CloseResync, reason)
	}
	t.late = nil
}
