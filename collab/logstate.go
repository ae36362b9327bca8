package collab

import (
	"time"

	"quire/storage"
)

// logState is what a document knows of its log: up to where it is safe, and whether it may differ from what is in memory. Used by the
// turn alone.
//
// An op that can be read in the log may still be lost (L10), if its writer was cut off before all servers of the database had it. Once
// this document has committed, or the store has passed a barrier, everything before that is safe. Until then nobody is told that an op
// found in the log is saved.
type logState struct {
	node     *Node
	safe     storage.Revision // the ops before it can't be lost any more
	rewinds  int64            // how often the log had gone back when it was last known to be as in memory (N12)
	timeline int64            // revisions of earlier ones are of another history
	compare  bool             // the log must be compared whatever rewinds says
	reading  bool             // the tail is being read: the pending ops may not follow the head
	pause    time.Duration    // before the next reading; longer after each failure
}

// loaded notes that the document was loaded. What was read is not known to be safe.
func (l *logState) loaded(rewinds, timeline int64) {
	l.rewinds, l.timeline, l.safe = rewinds, max(l.timeline, timeline), 0
}

// begin notes that a new timeline begins, so that nothing is known of the log.
func (l *logState) begin(timeline int64) {
	l.timeline, l.safe, l.compare = timeline, 0, false
}

// mayHaveGoneBack reports whether the log may differ from what is in memory because it went back.
func (l *logState) mayHaveGoneBack() bool { return l.compare || l.rewinds != l.node.store.Rewinds() }

// isSafe reports whether the ops before revision to can't be lost any more.
func (l *logState) isSafe(to storage.Revision) bool { return to <= l.safe }

// backOff lengthens the pause after a failure.
func (l *logState) backOff() { l.pause = nextPause(l.pause) }

// barrier blocks until all ops that are in the log now are safe. It fails if the log went back since rewinds was read.
func (n *Node) barrier(begun time.Time, rewinds int64) error {
	err := n.Retry(begun, func() error {
		ctx, cancel := n.timeout(n.ctx)
		defer cancel()
		return n.store.Barrier(ctx)
	})
	if err == nil && n.store.Rewinds() != rewinds { // the barrier may be of the new history
		return storage.ErrRewound
	}
	return err
}

// readLog reads one page of the log, from revision from on.
func readLog(n *Node, doc storage.DocumentID, from storage.Revision) ([]storage.Op, error) {
	ctx, cancel := n.timeout(n.ctx)
	defer cancel()
	return n.store.Read(ctx, doc, from, storage.Newest, n.limits.PageBytes)
}
