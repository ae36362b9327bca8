package collab

import (
	"slices"

	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// submission is an op that somebody here waits for: what was sent and how far it got (order.Op), who is to be answered, and what
// is known of their access.
type submission struct {
	order.Op
	origin origin
	raw    string // the request, for an error's echo
	past   int64  // of the hub, when its sender learned of Base (N12)
	answer answer
	looked bool // the log was looked at for its base, which was beyond the head

	admitted uint64 // the change of access (Hub.changes) up to which its sender's role is known
	judged   uint64 // the change of the newest review that was answered
	doubts   int    // reviews that were not: it is held back meanwhile
}

// answer is what the sender of an op was told.
type answer uint8

const (
	unanswered answer = iota
	answered          // its place, or why it has none
	abandoned         // that nobody knows (W7): it is dropped if the log does not hold it
)

// origin is whoever sent an op: a session's view of the document, or a REST request. Each answers once; what comes after the
// first answer is not told.
type origin interface {
	// acked says where the op took its place: it took the document from revision at to the next.
	acked(d *document, s *submission, at storage.Revision, body wire.Body)
	refused(s *submission, err *wire.Error)
	// undecided says that the op may or may not be stored: whoever sent it must ask again.
	undecided(s *submission)
	// identity is the sender's.
	identity() Identity
}

// submitted is the submission of an op in the sequencer; nil: it is the server's own.
func submitted(o *order.Op) *submission {
	s, _ := o.Sender.(*submission)
	return s
}

// newSubmission is an op of origin's on its way.
func newSubmission(origin origin, sent order.Request) *submission {
	s := &submission{origin: origin, Op: order.Op{Request: sent}}
	s.Sender = s
	return s
}

// first makes s the one that is answered. It reports false if its sender was answered before.
func (s *submission) first() bool {
	if s.answer != unanswered {
		return false
	}
	s.answer = answered
	return true
}

// abandon tells everybody who sent s that nobody knows.
func (s *submission) abandon() {
	s.origin.undecided(s)
	s.answer = abandoned
	s.eachTwin(func(t *submission) { t.origin.undecided(t) })
}

// refuse tells everybody who sent s why it has no place.
func (s *submission) refuse(err *wire.Error) {
	s.origin.refused(s, err)
	s.eachTwin(func(t *submission) { t.origin.refused(t, err) })
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
	all = append(all, d.later...)
	d.later, d.laterBytes = nil, 0
	return all
}

func (d *document) notFar(s *submission) {
	d.far = slices.DeleteFunc(d.far, func(other *submission) bool { return other == s })
}
