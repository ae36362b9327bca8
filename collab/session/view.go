package session

import (
	"slices"

	"quire/collab"
	"quire/collab/wire"
	"quire/storage"
)

// view is one session's relation to one document: what it is still owed, and where it reads.
type view struct {
	session *Session
	id      storage.DocumentID

	// Under Session.mu:
	handle   *collab.Handle // from the first request until idle
	readable bool           // else nothing of it is sent: the role is being looked up
	requests int            // handed to the document, or to a task, and not answered
	items    []item         // owed, in their order; they go before live ops
	live     bool           // ops from cursor on are sent as they come
	cursor   storage.Revision
	acks     []ackMark // own ops, ascending: sent as acknowledgements when cursor gets there
	queued   bool      // stands in the outbox
	holds    int       // subscription, channel, presences: reasons of the document's to keep it
	chSeq    int64     // of the last ps or pu
}

// ackMark says that the op at a revision is the session's own.
type ackMark struct {
	at     storage.Revision
	client string
	seq    int64
}

// item is something owed to a session about one document: ops, then one message, then perhaps a change of the subscription.
type item struct {
	from, to storage.Revision // ops first
	frame    wire.Frame       // then this,
	content  *collab.Content  // or the document's content,
	action   wire.Action      // as the answer to this,
	bulk     *bulk            // or a part of a bulk's answer: it waits for the others
	part     int
	begins   bool // live ops follow, from where this item ended
	ends     bool // no live ops follow
}

// Identity is whose the view is.
func (v *view) Identity() collab.Identity { return v.session.Identity() }

// answer puts it among what the session is owed. open says that it answers a request.
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

// asked notes that a request is handed to the document. Session.mu is held.
func (v *view) asked() {
	v.requests++
	v.session.throttle.requests++
}

// answered notes that one is answered. Session.mu is held.
func (v *view) answered() {
	v.requests--
	v.session.throttle.answered()
}

// letGo: the document has taken the reader out.
func (v *view) letGo() {
	s := v.session
	s.mu.Lock()
	defer s.mu.Unlock()
	v.holds = 0
	v.answered()
	v.releaseIfIdle()
}

// Flush sends what the document's feed got, as far as the reader takes it at once.
func (v *view) Flush() {
	s := v.session
	s.mu.Lock()
	wake := !s.left && s.outbox.queue(v)
	s.mu.Unlock()
	if wake {
		s.transport.Flush()
	}
}

// Hold counts the document's reasons to keep the view.
func (v *view) Hold(by int) {
	v.session.mu.Lock()
	v.holds += by
	v.releaseIfIdle()
	v.session.mu.Unlock()
}

// releaseIfIdle gives the document back when nothing is owed or expected any more. Session.mu is held.
func (v *view) releaseIfIdle() {
	s := v.session
	if v.handle == nil || v.requests > 0 || v.holds > 0 || !s.left && (len(v.items) > 0 || v.live) {
		return
	}
	handle := v.handle
	v.handle, v.readable, v.items, v.acks = nil, false, nil, nil
	s.outbox.bytes -= s.outbox.carets.take(func(c *caret) bool { return c.view == v })
	handle.Release()
}

// Acknowledge says where an op of this session took its place. If the session reads the document live and is not past it, the
// acknowledgement goes out in that place of the stream; otherwise after the ops that come before it.
func (v *view) Acknowledge(a collab.Ack) bool {
	s := v.session
	s.mu.Lock()
	if a.Live && !(v.live && v.cursor > a.At) && !s.left {
		s.throttle.opBytes -= len(a.Raw)
		v.addAck(ackMark{a.At, a.Client, a.Seq})
		v.answered()
		wake := a.Fed && s.outbox.queue(v) // else there is nothing to send yet
		s.mu.Unlock()
		s.after(false, wake)
		return true
	}
	if !a.Fed { // whoever pulls now would look for ops of the same commit that the feed has not got yet
		s.mu.Unlock()
		return false
	}
	s.throttle.opBytes -= len(a.Raw)
	s.mu.Unlock()
	v.answer(item{from: a.After, to: a.At, frame: ackFrame(string(v.id), a.At, a.Client, a.Seq)}, true)
	return true
}

// addAck puts m among the own ops, in their order. Session.mu is held.
func (v *view) addAck(m ackMark) {
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

// Refuse answers an op that has no place in the log.
func (v *view) Refuse(raw string, err *wire.Error) {
	v.answeredOp(raw)
	v.session.replyError(raw, err)
}

// answeredOp ends an op's request without a place in the log.
func (v *view) answeredOp(raw string) {
	v.session.mu.Lock()
	v.session.throttle.opBytes -= len(raw)
	v.session.mu.Unlock()
	v.Done()
}

// Undecided ends the session, whose client will ask again.
func (v *view) Undecided(raw string) {
	v.answeredOp(raw)
	v.session.Close(wire.CloseUnavailable, noDatabase)
}

const noDatabase = "the database does not answer"

// Done ends a request whose answer belongs to no place in the stream.
func (v *view) Done() {
	v.session.mu.Lock()
	v.answered()
	v.releaseIfIdle()
	v.session.mu.Unlock()
}

// Reply sends a frame that has no place in the stream.
func (v *view) Reply(f wire.Frame) { v.session.reply(f) }

// Owe sends a frame in its place of the stream to a Quire client.
func (v *view) Owe(f wire.Frame) {
	s := v.session
	s.mu.Lock()
	quire := s.client.quire
	s.mu.Unlock()
	if quire {
		v.answer(item{frame: f}, false)
	}
}

// Unsubscribed answers that no live ops follow.
func (v *view) Unsubscribed(f wire.Frame) { v.answer(item{frame: f, ends: true}, true) }

// Notify sends a frame to a Quire client at once; while the role is looked up, in its place of the stream (P10).
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

// Close ends the whole session.
func (v *view) Close(code wire.CloseCode, reason string) { v.session.Close(code, reason) }

// Rename takes over a new name, colour and picture of the session's person.
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
