package order

import (
	"fmt"

	"quire/collab/delta"
	"quire/storage"
)

// Limits bounds a document, its pending ops and the committed ops kept in memory. All must be positive.
type Limits struct {
	DocumentUnits int   // UTF-16 code units of the content
	DocumentBytes int64 // of the log
	PendingOps    int
	PendingBytes  int
	RecentOps     int // committed ops kept, decoded
	RecentBytes   int // of the kept ops, as stored
	Steps         int // components × ops in one op's transform within a turn
}

// Sequencer is a document's state and the rules that change it.
type Sequencer struct {
	limits   *Limits
	newlines bool // E6 holds: content ends in "\n"

	head     storage.Revision
	content  *delta.Document // nil: never created, or deleted
	logBytes int64
	recent   recent

	pending      []*Op // in order: pending[i] applies to revision head+i
	pendingBytes int
	tip          tip // the state after the pending ops

	small smallTransformer
	// Full refuses every op: the owner's quota is used up.
	Full bool
	// noNewline: the committed content should end in "\n" but does not, because it was written under FORMATS=any.
	noNewline bool
}

// tip summarizes the state after the pending ops.
type tip struct {
	exists bool
	length int // UTF-16 code units
}

// New returns a Sequencer for a document that was never created. newlines says whether content must end in "\n" (E6).
func New(limits *Limits, newlines bool) Sequencer {
	return Sequencer{limits: limits, newlines: newlines}
}

// Load sets the committed state and forgets the pending ops. newest are the last ops before head; Load takes over the slice.
func (q *Sequencer) Load(head storage.Revision, content *delta.Document, logBytes int64, newest []Entry) {
	q.head, q.content, q.logBytes = head, content, logBytes
	q.recent = recent{first: head - storage.Revision(len(newest)), ops: newest}
	for i := range newest {
		q.recent.bytes += newest[i].Size
	}
	q.pending, q.pendingBytes = nil, 0
	q.tip = q.committedTip()
	q.noNewline = q.newlines && content != nil && !content.EndsWithNewline()
}

func (q *Sequencer) committedTip() tip {
	if q.content == nil {
		return tip{}
	}
	return tip{true, q.content.Len()}
}

// Head returns the newest committed revision.
func (q *Sequencer) Head() storage.Revision { return q.head }

// Content returns the committed content, nil if there is none. The caller must not change it; the next commit does.
func (q *Sequencer) Content() *delta.Document { return q.content }

// LogBytes returns the size of the committed log, in bytes.
func (q *Sequencer) LogBytes() int64 { return q.logBytes }

// Pending returns the accepted ops that are not committed, in order. The caller must not change the slice.
func (q *Sequencer) Pending() []*Op { return q.pending }

// PendingBytes returns the size that the pending ops will have in the log.
func (q *Sequencer) PendingBytes() int { return q.pendingBytes }

// Since returns the committed ops from revision at on, or false if not all of them are kept. Any goroutine may read them.
func (q *Sequencer) Since(at storage.Revision) ([]Entry, bool) {
	if !q.recent.holds(at) {
		return nil, false
	}
	ops := q.recent.from(at)
	return ops[:len(ops):len(ops)], true
}

// KeptFrom returns the revision of the oldest committed op that is kept, or the head if none is.
func (q *Sequencer) KeptFrom() storage.Revision { return q.recent.first }

// Newest returns a copy of the last committed ops that are kept: at most ops of them and about bytes in size.
func (q *Sequencer) Newest(ops, bytes int) []Entry { return q.recent.newest(ops, bytes) }

// KeptBytes returns the size of the committed ops that are kept, as stored.
func (q *Sequencer) KeptBytes() int { return q.recent.bytes }

// Shrink frees memory: of the committed ops it keeps at most ops and at most bytes. Nothing may be pending.
func (q *Sequencer) Shrink(ops, bytes int) {
	q.recent.shrink(ops, bytes)
	q.small = smallTransformer{}
}

// apply applies one more op of the log to the committed state.
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

// Commit moves the first n pending ops, which the log now holds, to the committed state and returns them.
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
	if q.noNewline && q.content != nil {
		q.noNewline = !q.content.EndsWithNewline()
	}
	q.Trim()
	return done, nil
}

// Trim drops committed ops beyond the limits, but none that a pending op, once withdrawn, would be transformed over again.
func (q *Sequencer) Trim() {
	keep := q.head
	for _, o := range q.pending {
		keep = min(keep, o.at)
	}
	q.recent.trim(q.limits.RecentOps, q.limits.RecentBytes, keep)
}

// Absorb applies ops that were found in the log: another node's, or our own after a commit whose outcome was unknown. It returns
// the pending ops that were among them, by revision. The others stay pending: the caller must withdraw and submit them again.
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

// HoldsAny reports whether ops, read from the log, hold a pending op.
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

// Withdraw removes the last n pending ops and returns them, without the server's own.
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

// WithdrawAll withdraws all pending ops.
func (q *Sequencer) WithdrawAll() []*Op { return q.Withdraw(len(q.pending)) }
