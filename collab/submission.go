package collab

import (
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// submission is an op that somebody here waits for: what was sent and how far it got (order.Op), and who is to be answered.
type submission struct {
	order.Op
	sender   Sender
	standing *standing // the sender's
	raw      string    // the request, for an error's echo
	timeline int64     // of the hub, when its sender learned of Base (N12)
	answer   answer
	looked   bool // the log was looked at for its base, which was beyond the head
}

// answer is what the sender of an op was told.
type answer uint8

const (
	unanswered answer = iota
	answered          // its place, or why it has none
	abandoned         // that nobody knows (W7): it is dropped if the log does not hold it
)

// submitted is the submission of an op in the sequencer; nil: it is the server's own.
func submitted(o *order.Op) *submission {
	s, _ := o.Sender.(*submission)
	return s
}

// newSubmission is an op of somebody's on its way.
func newSubmission(of *standing, sent order.Request) *submission {
	s := &submission{sender: of.sender, standing: of, Op: order.Op{Request: sent}}
	s.Sender = s
	return s
}

// acknowledge tells who sent s its place. What can't be said before the feed holds it is said after broadcast.
func (d *document) acknowledge(s *submission, at storage.Revision, body wire.Body) {
	if s.answer != unanswered {
		return
	}
	a := Ack{At: at, Client: s.Client, Seq: s.Seq, After: s.Base, Body: body, Raw: s.raw, Fed: at < d.feed.end()}
	x := s.standing.handle
	subscribed := x != nil && x.subscribed
	a.Live = subscribed && at >= x.from
	if subscribed || a.After == storage.Newest {
		a.After = at
	}
	s.answer = answered
	if !s.sender.Acknowledge(a) {
		d.late = append(d.late, lateAck{x, a})
	}
}

// lateAck is an acknowledgement that waits until the feed holds the ops before it.
type lateAck struct {
	of  *Handle
	ack Ack
}

// refuse tells who sent s why it has no place.
func (s *submission) refuse(err *wire.Error) {
	if s.answer == unanswered {
		s.answer = answered
		s.sender.Refuse(s.raw, err)
	}
}

// undecided tells who sent s that nobody knows.
func (s *submission) undecided() {
	if s.answer == unanswered {
		s.answer = answered
		s.sender.Undecided(s.raw)
	}
}

// abandon tells everybody who sent s that nobody knows.
func (s *submission) abandon() {
	s.undecided()
	s.answer = abandoned
	s.eachTwin((*submission).undecided)
}

// refuseAll tells everybody who sent s why it has no place.
func (s *submission) refuseAll(err *wire.Error) {
	s.refuse(err)
	s.eachTwin(func(t *submission) { t.refuse(err) })
}

func (s *submission) whose() *standing { return s.standing }

// eachOf calls f with s and its twins.
func eachOf(s *submission, f func(*submission)) {
	if s != nil {
		f(s)
		s.eachTwin(f)
	}
}

func (s *submission) eachTwin(f func(*submission)) {
	for _, t := range s.Twins {
		f(submitted(t))
	}
}

// unstored takes back everything that waits for a commit: what is pending, and what waits for less to be.
func (d *document) unstored() []*submission {
	var all []*submission
	for _, o := range d.order.WithdrawAll() {
		all = append(all, submitted(o))
	}
	for _, m := range d.waits.take(forPending) {
		all = append(all, m.(*submission))
	}
	return all
}

// takeBack takes an op back from the task that had it.
func (d *document) takeBack(s *submission) {
	d.waits.drop(forTask, func(other *submission) bool { return other == s })
}
