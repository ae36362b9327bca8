package collab

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"quire/collab/delta"
	"quire/collab/order"
	"quire/storage"
)

// logEnd is what a document knows of the end of its log.
type logEnd struct {
	head   storage.Revision
	bytes  int64         // of the whole log
	ops    []order.Entry // the last ones
	frozen *delta.Frozen // the content, if there are no ops
}

// Up to how many ops are compared, and bytes of them.
const (
	comparedOps   = 64
	comparedBytes = 64 << 10
)

func newLogEnd(q *order.Sequencer, content *frozen) *logEnd {
	e := &logEnd{head: q.Head(), bytes: q.LogBytes(), ops: q.Newest(comparedOps, comparedBytes)}
	if len(e.ops) == 0 {
		e.frozen = content.of(q)
	}
	return e
}

// compare returns an error unless the log holds what e says, and how often the log had gone back then. Ops that were sent on earlier
// timelines than the one it returns must not be accepted: their senders are told of the new epoch, and keep them. It compares the
// newest ops and the size of the log, since no hash covers all ops.
func (e *logEnd) compare(t *timelines, doc storage.DocumentID) (rewinds, timeline int64, err error) {
	n := t.node
	ctx, cancel := n.timeout(n.ctx)
	defer cancel()
	if rewinds, timeline, err = t.caughtUp(ctx); err != nil {
		return rewinds, timeline, err
	}
	head, err := n.store.Head(ctx, doc)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return rewinds, timeline, fmt.Errorf("%w: %w", errOtherHistory, err)
	case err != nil:
		return rewinds, timeline, err
	case head.Revision < e.head, head.Revision == e.head && head.Bytes != e.bytes:
		return rewinds, timeline, fmt.Errorf("%w: it ends at %d with %d bytes", errOtherHistory, head.Revision, head.Bytes)
	case len(e.ops) == 0:
		return rewinds, timeline, e.compareContent(ctx, n, doc)
	}
	from := e.head - storage.Revision(len(e.ops))
	ops, err := n.store.Read(ctx, doc, from, e.head, 0)
	if err != nil {
		return rewinds, timeline, err
	}
	for i, op := range ops {
		if !e.ops[i].Same(op) {
			return rewinds, timeline, fmt.Errorf("%w: another op at %d", errOtherHistory, from+storage.Revision(i))
		}
	}
	return rewinds, timeline, nil
}

// compareContent compares the content. It is for documents loaded from a snapshot of the head, so that no op is in memory.
func (e *logEnd) compareContent(ctx context.Context, n *Node, doc storage.DocumentID) error {
	var err error
	late := n.limited(ctx, "", func(ctx context.Context) {
		var r replayed
		r, err = replay(ctx, n, doc, e.head)
		if err == nil && !sameContent(r.tree, e.frozen) {
			err = fmt.Errorf("%w: another content", errOtherHistory)
		}
	})
	return cmp.Or(late, err)
}

func sameContent(tree *delta.Document, frozen *delta.Frozen) bool {
	if tree == nil || frozen == nil {
		return tree == nil && frozen == nil
	}
	return tree.Freeze().Delta().Normal().Equal(frozen.Delta().Normal())
}
