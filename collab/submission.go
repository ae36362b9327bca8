package collab

import (
	"quire/collab/access"
	"quire/collab/order"
	"quire/collab/wire"
)

// submission is an op that a client or REST request of this node sent: the op and its progress (order.Op), and whom to answer.
type submission struct {
	order.Op
	sender   Sender
	standing *standing // the sender's
	raw      string    // the request, which an error repeats
	timeline int64     // the hub's newest when the sender learned of Base (N12)
	answer   answer
	readTail bool      // the tail was read because Base was beyond the head
	again    bool      // it had a long transform before
	long     *longWait // it waits for a long transform, or is in one; nil: it does not
}

// answer says whether the sender of an op has been answered.
type answer uint8

const (
	unanswered answer = iota
	answered
	abandoned // answered that nobody knows (W7): if the log does not hold the op, it is dropped
)

// submitted returns the submission that an op of the sequencer belongs to; nil: the op is the server's own.
func submitted(o *order.Op) *submission {
	s, _ := o.Sender.(*submission)
	return s
}

// newSubmission returns a submission of what somebody sent.
func newSubmission(of *standing, sent order.Request) *submission {
	s := &submission{sender: of.sender, standing: of, Op: order.Op{Request: sent}}
	s.Sender = s
	return s
}

// refuse tells the sender why the op is not accepted.
func (s *submission) refuse(err *wire.Error) {
	if s.answer == unanswered {
		s.answer = answered
		s.sender.Refuse(s.raw, err)
	}
}

// undecided tells the sender that it is not known whether the op is stored.
func (s *submission) undecided() {
	if s.answer == unanswered {
		s.answer = answered
		s.sender.Undecided(s.raw)
	}
}

// abandon tells the senders of s and its twins that it is not known whether the op is stored.
func (s *submission) abandon() {
	s.undecided()
	s.answer = abandoned
	s.eachTwin((*submission).undecided)
}

// refuseAll refuses s and its twins.
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

// outdated abandons an op whose base is a revision of an earlier history, and reports whether it did.
func (s *submission) outdated(l *logState) bool {
	if s.timeline >= l.timeline {
		return false
	}
	s.undecided()
	return true
}

// bar sets on an op the reason why its sender may not write now, if any, and whether they may create a deleted document again.
func (s *submission) bar(l *lifecycle) {
	s.Barred, s.Recreates = l.refusal(), s.standing.allows(access.Delete)
	if s.Barred == nil && !s.standing.allows(s.needs()) {
		s.Barred = s.standing.refusal(s.needs())
	}
}

// needs returns what the sender must be allowed to do.
func (s *submission) needs() access.Action {
	if s.Body.Kind == wire.Del {
		return access.Delete
	}
	return access.Write
}
