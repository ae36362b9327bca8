package order

import (
	"fmt"

	"quire/collab/delta"
	"quire/storage"
)

// Limits bounds a document, what is pending of it, and what is kept of its log. All are above zero.
type Limits struct {
	DocumentUnits int   // UTF-16 code units of its content
	DocumentBytes int64 // of its log
	PendingOps    int
	PendingBytes  int
	RecentOps     int // decoded
	RecentBytes   int // of these, as stored
	Steps         int // components × ops that one op is taken over within a turn
}

// Sequencer is a document's state and the rules that change it.
type Sequencer struct {
	limits   *Limits
	newlines bool // E6 holds: content ends in "\n"

	head     storage.Revision
	content  *delta.Document // nil: there is none (never created, or deleted)
	logBytes int64
	recent   recent

	pending      []*Op // in their order; each stands for one revision after head
	pendingBytes int
	tip          tip // after all that is pending

	mover mover
	// Full: the owner's space is used up, so no op is accepted.
	Full bool
	// ragged: the content does not end in "\n" although it should (it was written under FORMATS=any).
	ragged bool
}

// tip is what is known of the state after the pending ops.
type tip struct {
	exists bool
	length int // UTF-16 code units
}

// New returns the Sequencer of a document that was never created. newlines says whether content must end in "\n" (E6).
func New(limits *Limits, newlines bool) Sequencer {
	return Sequencer{limits: limits, newlines: newlines}
}

// Load sets the committed state, and forgets what was pending. recent are the last ops before head.
func (q *Sequencer) Load(head storage.Revision, content *delta.Document, logBytes int64, newest []Entry) {
	q.head, q.content, q.logBytes = head, content, logBytes
	q.recent = recent{first: head - storage.Revision(len(newest)), ops: newest}
	for i := range newest {
		q.recent.bytes += newest[i].Size
	}
	q.pending, q.pendingBytes = nil, 0
	q.tip = q.committedTip()
	q.ragged = q.newlines && content != nil && !content.EndsWithNewline()
}

func (q *Sequencer) committedTip() tip {
	if q.content == nil {
		return tip{}
	}
	return tip{true, q.content.Len()}
}

// Head is the newest committed revision.
func (q *Sequencer) Head() storage.Revision { return q.head }

// Content is the committed content; nil: there is none. It is the Sequencer's own: the next commit changes it.
func (q *Sequencer) Content() *delta.Document { return q.content }

// LogBytes is the size of the committed log.
func (q *Sequencer) LogBytes() int64 { return q.logBytes }

// Pending are the accepted ops that are not committed, in their order. The slice is the Sequencer's own.
func (q *Sequencer) Pending() []*Op { return q.pending }

// PendingBytes is their size in the log.
func (q *Sequencer) PendingBytes() int { return q.pendingBytes }

// Since returns the committed ops from revision at on; false: not all of them are kept. They may be read by any goroutine.
func (q *Sequencer) Since(at storage.Revision) ([]Entry, bool) {
	if !q.recent.holds(at) {
		return nil, false
	}
	ops := q.recent.from(at)
	return ops[:len(ops):len(ops)], true
}

// Newest returns the last committed ops that are kept, at most so many and about so many bytes of them.
func (q *Sequencer) Newest(ops, bytes int) []Entry { return q.recent.newest(ops, bytes) }

// KeptBytes is the size of the committed ops that are kept, as stored.
func (q *Sequencer) KeptBytes() int { return q.recent.bytes }

// Shrink gives memory back: of the committed ops so many are kept, and so many bytes of them. Nothing may be pending.
func (q *Sequencer) Shrink(ops, bytes int) {
	q.recent.shrink(ops, bytes)
	q.mover = mover{}
}

// apply makes one more op of the log the committed state.
func (q *Sequencer) apply(e Entry) error {
	content, err := e.Apply(q.content)
	if err != nil {
		return fmt.Errorf("%w: revision %d: %w", ErrDamaged, q.head, err)
	}
	q.content = content
	q.head++
	q.recent.push(e)
	return nil
}

// Commit says that the first n pending ops are in the log now, and returns them.
func (q *Sequencer) Commit(n int) ([]*Op, error) {
	done := q.pending[:n:n]
	q.pending = q.pending[n:]
	for _, o := range done {
		size := o.size()
		if err := q.apply(Entry{o.Client, o.Seq, o.Author, o.placed, size}); err != nil {
			return done, err
		}
		q.pendingBytes -= size
		q.logBytes += int64(size)
	}
	if q.ragged && q.content != nil {
		q.ragged = !q.content.EndsWithNewline()
	}
	q.Trim()
	return done, nil
}

// Trim drops committed ops beyond what is kept, but none that what is pending may have to be taken over again.
func (q *Sequencer) Trim() {
	keep := q.head
	for _, o := range q.pending {
		keep = min(keep, o.at)
	}
	q.recent.trim(q.limits.RecentOps, q.limits.RecentBytes, keep)
}

// Absorb makes ops found in the log the committed state: another node's, or ours of which the outcome was unknown. It returns
// the pending ops that were among them, by place; the others stay pending, but must be withdrawn and submitted again.
func (q *Sequencer) Absorb(ops []Entry) (found map[storage.Revision]*Op, err error) {
	found = map[storage.Revision]*Op{}
	for _, e := range ops {
		for i, o := range q.pending {
			if o.isEntry(&e) {
				found[q.head] = o
				q.pendingBytes -= o.size()
				q.pending = append(q.pending[:i:i], q.pending[i+1:]...)
				break
			}
		}
		if err := q.apply(e); err != nil {
			return found, err
		}
		q.logBytes += int64(e.Size)
	}
	return found, nil
}

// HoldsAny reports whether a pending op is among ops of the log.
func (q *Sequencer) HoldsAny(ops []storage.Op) bool {
	for _, o := range q.pending {
		for _, op := range ops {
			if o.isEntry(&Entry{Client: op.Client, Seq: op.Seq, Author: op.Author}) {
				return true
			}
		}
	}
	return false
}

// Withdraw takes back the last n pending ops, and returns them without the server's own.
func (q *Sequencer) Withdraw(n int) (back []*Op) {
	keep := len(q.pending) - n
	for _, o := range q.pending[keep:] {
		q.pendingBytes -= o.size()
		if o.Sender != nil {
			back = append(back, o)
		}
	}
	q.pending = q.pending[:keep:keep]
	q.tip = q.committedTip()
	for _, o := range q.pending {
		q.tip = q.tip.after(o.placed)
	}
	return back
}

// WithdrawAll takes back all that is pending.
func (q *Sequencer) WithdrawAll() []*Op { return q.Withdraw(len(q.pending)) }
