package collab

import (
	"slices"

	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// view is one session's relation to one document: what it may do there, what it is still owed, and where it reads.
type view struct {
	session *Session
	id      storage.DocumentID

	// Under Session.mu:
	doc    *document // referenced from the first request until idle
	role   access.Role
	since  storage.Revision // from where on history may be read (W8)
	known  bool             // role and since are what the store last said; until they are, nothing of it is sent
	missed int              // changes of role: a look-up that one has overtaken does not count
	told   access.Role      // the role that its client acts by
	met    bool             // told is set
	open   int              // requests handed to the document, or to a task, and not answered
	items  []item           // owed, in their order; they go before live ops
	live   bool             // ops from cursor on are sent as they come
	cursor storage.Revision
	acks   []ackMark // own ops, ascending: sent as acknowledgements when cursor gets there
	dirty  bool      // stands in Session.dirty
	holds  int       // subscription, channel, presences: reasons of the document's to keep it
	chSeq  int64     // of the last ps or pu

	// Of the document's goroutine:
	subscribed bool
	subFrom    storage.Revision // live ops begin here
	onChannel  bool
	carets     int
	who        Person
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
	snapshot *snapshotOrder   // or a snapshot,
	bulk     *bulk            // or a part of a bulk's answer: it waits for the others
	part     int
	begins   bool // live ops follow, from where this item ended
	ends     bool // no live ops follow
}

// readable reports whether the document may be sent: whoever looks the role up anew comes back to it. Session.mu is held.
func (v *view) readable() bool { return v.known && access.Allows(v.role, access.Read) }

func (v *view) identity() Identity { return v.session.Who() }

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
	full := s.enqueued(it.frame.Len())
	wake := s.mark(v)
	s.mu.Unlock()
	s.after(full, wake)
}

// answered notes that a request is answered. Session.mu is held.
func (v *view) answered() {
	v.open--
	v.session.answered()
}

// flush sends what the document's feed got, as far as the reader takes it at once.
func (v *view) flush() {
	s := v.session
	s.mu.Lock()
	wake := !s.left && s.mark(v)
	s.mu.Unlock()
	if wake {
		s.transport.Flush()
	}
}

// hold and unhold count the document's reasons to keep the view.
func (v *view) hold(by int) {
	v.session.mu.Lock()
	v.holds += by
	v.releaseIfIdle()
	v.session.mu.Unlock()
}

// releaseIfIdle gives the document back when nothing is owed or expected any more. Session.mu is held.
func (v *view) releaseIfIdle() {
	s := v.session
	if v.doc == nil || v.open > 0 || v.holds > 0 || !s.left && (len(v.items) > 0 || v.live) {
		return
	}
	d := v.doc
	v.doc, v.items, v.acks = nil, nil, nil
	s.hub.release(d)
}

// acked says where an op of this session took its place. If the session reads the document live and is not past it, the
// acknowledgement goes out in that place of the stream; otherwise after the ops that come before it.
func (v *view) acked(d *document, op *submission, at storage.Revision, _ wire.Body) {
	if !op.first() {
		return
	}
	s := v.session
	s.mu.Lock()
	s.openBytes -= len(op.raw)
	if v.subscribed && at >= v.subFrom && !(v.live && v.cursor > at) && !s.left {
		v.mark(ackMark{at, op.Client, op.Seq})
		v.answered()
		wake := at < d.feed.end() && s.mark(v) // else there is nothing to send yet
		s.mu.Unlock()
		s.after(false, wake)
		return
	}
	s.mu.Unlock()
	from := op.Base
	if from == storage.Newest || v.subscribed {
		from = at
	}
	it := item{from: from, to: at, frame: ackFrame(string(d.id), at, op.Client, op.Seq)}
	if at >= d.feed.end() { // whoever pulls now would look for ops of the same commit that the feed has not got yet
		d.late = append(d.late, lateAck{v, it})
		return
	}
	v.answer(it, true)
}

// lateAck is an acknowledgement that waits until the feed holds the ops before it.
type lateAck struct {
	view *view
	item item
}

// mark puts m among the own ops, in their order. Session.mu is held.
func (v *view) mark(m ackMark) {
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

func (v *view) refused(op *submission, err *wire.Error) {
	if !op.first() {
		return
	}
	v.unsettled(op)
	v.session.replyError(op.raw, err)
}

// unsettled ends an op's request without a place in the log.
func (v *view) unsettled(op *submission) {
	v.session.mu.Lock()
	v.session.openBytes -= len(op.raw)
	v.session.mu.Unlock()
	v.done()
}

func (v *view) undecided(op *submission) {
	if !op.first() {
		return
	}
	v.unsettled(op)
	v.session.close(wire.CloseUnavailable, noDatabase)
}

const noDatabase = "the database does not answer"

// unavailable ends the session because a request of it waited too long for the store (W7).
func (v *view) unavailable() {
	v.done()
	v.session.close(wire.CloseUnavailable, noDatabase)
}
