package session

import (
	"slices"

	"quire/collab"
	"quire/collab/wire"
	"quire/storage"
)

// view is one session's relation to one document: what is owed to it, and the revision where it reads.
type view struct {
	session *Session
	id      storage.DocumentID

	// Under Session.mu:
	handle   *collab.Handle // from the first request until idle
	readable bool           // else nothing of the document is sent, because the role is being looked up
	requests int            // of this document, not answered
	items    []item         // owed, in order; they are sent before live ops
	live     bool           // ops from cursor on are sent as they come
	cursor   storage.Revision
	acks     []ownOp // own ops, ascending; in their place acknowledgements are sent
	queued   bool    // it is in the outbox
	holds    int     // the document's reasons to keep the handle: subscription, channel, presences
	chSeq    int64   // of the last ps or pu
}

// ownOp is an op of the session's own in the log.
type ownOp struct {
	at     storage.Revision
	client string
	seq    int64
}

// item is something owed to a session: ops, then one message, and then possibly the start or end of live ops.
type item struct {
	from, to storage.Revision // ops first
	frame    wire.Frame       // then this,
	content  *collab.Content  // or the document's content,
	action   wire.Action      // as the answer to this,
	bulk     *bulk            // or a part of a bulk's answer: it waits for the others
	part     int
	begins   bool // live ops follow
	ends     bool // no live ops follow any more
}

// Identity returns whose session it is.
func (v *view) Identity() collab.Identity { return v.session.Identity() }

// answer queues an item. open says that it answers a request.
func (v *view) answer(it item, open bool) {
	s := v.session
	s.mu.Lock()
	if open {
		v.answered()
	}
	if s.left {
		v.releaseIfIdle()
		s.mu.Unlock()
		return
	}
	v.items = append(v.items, it)
	full := s.outbox.count(it.frame.Len())
	wake := s.outbox.queue(v)
	s.mu.Unlock()
	s.after(full, wake)
}

// asked counts an unanswered request. Session.mu is held.
func (v *view) asked() {
	v.requests++
	v.session.throttle.requests++
}

// answered counts one as answered. Session.mu is held.
func (v *view) answered() {
	v.requests--
	v.session.throttle.answered()
}

// letGo is called when the document has removed the reader.
func (v *view) letGo() {
	s := v.session
	s.mu.Lock()
	defer s.mu.Unlock()
	v.holds = 0
	v.answered()
	v.releaseIfIdle()
}

// Flush sends what is new in the document's feed, as far as the client takes it at once.
func (v *view) Flush() {
	s := v.session
	s.mu.Lock()
	wake := !s.left && s.outbox.queue(v)
	s.mu.Unlock()
	if wake {
		s.transport.Flush()
	}
}

// Hold adds to the document's reasons to keep the handle.
func (v *view) Hold(by int) {
	v.session.mu.Lock()
	v.holds += by
	v.releaseIfIdle()
	v.session.mu.Unlock()
}

// releaseIfIdle releases the handle when nothing is owed or expected any more. Session.mu is held.
func (v *view) releaseIfIdle() {
	s := v.session
	if v.handle == nil || v.requests > 0 || v.holds > 0 || !s.left && (len(v.items) > 0 || v.live) {
		return
	}
	handle := v.handle
	v.handle, v.readable, v.items, v.acks = nil, false, nil, nil
	s.outbox.carets.take(func(c *caret) bool { return c.view == v })
	handle.Close()
}

// Acknowledge notes the place of an op of this session. If the session reads the document live and has not passed that place, the
// acknowledgement is sent there in the stream; else after the ops before it.
func (v *view) Acknowledge(a collab.Ack) bool {
	s := v.session
	s.mu.Lock()
	if a.Live && !(v.live && v.cursor > a.At) && !s.left {
		s.throttle.opBytes -= len(a.Raw)
		v.addAck(ownOp{a.At, a.Client, a.Seq})
		v.answered()
		wake := a.Fed && s.outbox.queue(v) // else the feed does not have it yet
		s.mu.Unlock()
		s.after(false, wake)
		return true
	}
	if !a.Fed { // a pull now would look for ops of the same commit, which the feed does not have yet
		s.mu.Unlock()
		return false
	}
	s.throttle.opBytes -= len(a.Raw)
	s.mu.Unlock()
	v.answer(item{from: a.After, to: a.At, frame: ackFrame(string(v.id), a.At, a.Client, a.Seq)}, true)
	return true
}

// addAck adds an own op, in order. Session.mu is held.
func (v *view) addAck(m ownOp) {
	i := len(v.acks)
	for i > 0 && v.acks[i-1].at > m.at {
		i--
	}
	v.acks = slices.Insert(v.acks, i, m)
}

func ackFrame(doc string, at storage.Revision, client string, seq int64) wire.Frame {
	buf := wire.Begin(len(doc) + len(client) + 80)
	return wire.Seal(wire.AppendAck(buf, doc, wire.Version(at), client, seq))
}

// Refuse answers an op with an error.
func (v *view) Refuse(raw string, err *wire.Error) {
	v.answeredOp(raw)
	v.session.replyError(raw, err)
}

// answeredOp counts an op as answered that gets no place in the log.
func (v *view) answeredOp(raw string) {
	v.session.mu.Lock()
	v.session.throttle.opBytes -= len(raw)
	v.session.mu.Unlock()
	v.Done()
}

// Undecided closes the session; its client will send the op again.
func (v *view) Undecided(raw string) {
	v.answeredOp(raw)
	v.session.Close(wire.CloseUnavailable, noDatabase)
}

const noDatabase = "the database does not answer"

// Done counts a request as answered that has no answer in the stream.
func (v *view) Done() {
	v.session.mu.Lock()
	v.answered()
	v.releaseIfIdle()
	v.session.mu.Unlock()
}

// Reply sends a frame that need not be in order with ops.
func (v *view) Reply(f wire.Frame) { v.session.reply(f) }

// Owe sends a frame to a Quire client, after what is owed.
func (v *view) Owe(f wire.Frame) {
	s := v.session
	s.mu.Lock()
	quire := s.client.quire
	s.mu.Unlock()
	if quire {
		v.answer(item{frame: f}, false)
	}
}

// Unsubscribed sends the answer to an unsubscription, after which no live ops follow.
func (v *view) Unsubscribed(f wire.Frame) { v.answer(item{frame: f, ends: true}, true) }

// Notify sends a frame to a Quire client at once, or while the role is being looked up, like Owe (P10).
func (v *view) Notify(f wire.Frame) {
	s := v.session
	s.mu.Lock()
	if !v.readable {
		s.mu.Unlock()
		v.Owe(f)
		return
	}
	full, wake := s.notice(f)
	s.mu.Unlock()
	s.after(full, wake)
}

// Close ends the session.
func (v *view) Close(code wire.CloseCode, reason string) { v.session.Close(code, reason) }

// Rename changes the name, colour and picture of the session's person.
func (s *Session) Rename(who collab.Person) {
	s.mu.Lock()
	s.who.Name, s.who.Color, s.who.Picture = who.Name, who.Color, who.Picture
	var open []*collab.Handle
	for _, v := range s.views.opened() {
		v.handle.Retain()
		open = append(open, v.handle)
	}
	s.mu.Unlock()
	for _, handle := range open {
		handle.Rename(who)
		handle.Release()
	}
}
