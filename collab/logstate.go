package collab

import (
	"time"

	"quire/storage"
)

// logState is what a document knows of its log beside the ops: what of it is safe, and whether it may hold something else than what
// is here. It belongs to the turn.
//
// An op that can be read in the log may still be lost (L10): its writer was cut off before the database had it everywhere. A commit of
// this document, or a barrier, makes sure of all before it. Until one has, nobody is told that an op of theirs is saved.
type logState struct {
	node     *Node
	safe     storage.Revision // the ops before it can't be lost any more
	rewinds  int64            // how often the log had gone back when what is here was last known to be the same (N12)
	timeline int64            // what was sent on an earlier one speaks of another history
	compare  bool             // it is to be compared all the same
	reading  bool             // the end of the log is: what is pending may not follow the head now
	pause    time.Duration    // before the next reading; it grows with every failure in a row
}

// loaded notes what a document was read from. Nothing of it is known to be safe.
func (l *logState) loaded(rewinds, timeline int64) {
	l.rewinds, l.timeline, l.safe = rewinds, max(l.timeline, timeline), 0
}

// begin notes that what was known is of no use any more.
func (l *logState) begin(timeline int64) {
	l.timeline, l.safe, l.compare = timeline, 0, false
}

// mayHaveGoneBack reports whether the log may have gone back since the document was read.
func (l *logState) mayHaveGoneBack() bool { return l.compare || l.rewinds != l.node.store.Rewinds() }

// isSafe reports whether the ops before revision to are as safe as a commit that was confirmed.
func (l *logState) isSafe(to storage.Revision) bool { return to <= l.safe }

// backOff lengthens the pause after a failure.
func (l *logState) backOff() { l.pause = nextPause(l.pause) }

// barrier blocks until the store says that all ops before now are safe, if the log did not go back meanwhile.
func (n *Node) barrier(begun time.Time, rewinds int64) error {
	err := n.Retry(begun, func() error {
		ctx, cancel := n.timeout(n.ctx)
		defer cancel()
		return n.store.Barrier(ctx)
	})
	if err == nil && n.store.Rewinds() != rewinds { // what was read may not lie before it
		return storage.ErrRewound
	}
	return err
}

// readLog reads one page from the end of the log, within the time a request may wait.
func readLog(n *Node, doc storage.DocumentID, from storage.Revision) ([]storage.Op, error) {
	ctx, cancel := n.timeout(n.ctx)
	defer cancel()
	return n.store.Read(ctx, doc, from, storage.Newest, n.limits.PageBytes)
}
