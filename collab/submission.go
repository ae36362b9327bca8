package collab

import (
	"quire/collab/access"
	"quire/collab/order"
	"quire/collab/wire"
)

// submission is an op that somebody here waits for: what was sent and how far it got (order.Op), and who is to be answered.
type submission struct {
	order.Op
	sender   Sender
	standing *standing // the sender's
	raw      string    // the request, for an error's echo
	timeline int64     // the hub's newest when its sender learned of Base (N12)
	answer   answer
	readTail bool // the log was read for its base, which was beyond the head
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

// outdated gives up on an op whose sender spoke of revisions in another history, and reports whether it did.
func (s *submission) outdated(l *logState) bool {
	if s.timeline >= l.timeline {
		return false
	}
	s.undecided()
	return true
}

// bar notes on an op why its sender may not write now, and whether they may create anew what was deleted.
func (s *submission) bar(l *lifecycle) {
	s.Barred, s.Recreates = l.refusal(), s.standing.allows(access.Delete)
	if s.Barred == nil && !s.standing.allows(s.needs()) {
		s.Barred = s.standing.refusal(s.needs())
	}
}

// needs is what a sender must be allowed to do.
func (s *submission) needs() access.Action {
	if s.Body.Kind == wire.Del {
		return access.Delete
	}
	return access.Write
}
