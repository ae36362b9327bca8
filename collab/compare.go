package collab

import (
	"context"
	"errors"
	"fmt"

	"quire/collab/delta"
	"quire/collab/order"
	"quire/storage"
)

// known is what a document knows of the end of its log.
type known struct {
	head   storage.Revision
	bytes  int64         // of the whole log
	ops    []order.Entry // the last ones
	frozen *delta.Frozen // where there are none: what it holds
}

// How many ops are compared at most, and how many bytes of them.
const (
	comparedOps   = 64
	comparedBytes = 64 << 10
)

func (d *document) known() *known {
	k := &known{head: d.order.Head(), bytes: d.order.LogBytes(), ops: d.order.Newest(comparedOps, comparedBytes)}
	if len(k.ops) == 0 {
		k.frozen = d.freeze()
	}
	return k
}

// compare returns nil if the log holds what is known of it, and how often it had gone back then. What was sent on a timeline before
// the one returned is not for it: whoever sent it is told of the new epoch, and keeps it. There is no chain over all ops, so the
// newest ones are compared, and the size of all.
func (k *known) compare(t *timelines, doc storage.DocumentID) (rewinds, timeline int64, err error) {
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
	case head.Revision < k.head, head.Revision == k.head && head.Bytes != k.bytes:
		return rewinds, timeline, fmt.Errorf("%w: it ends at %d with %d bytes", errOtherHistory, head.Revision, head.Bytes)
	case len(k.ops) == 0:
		return rewinds, timeline, k.compareContent(ctx, n, doc)
	}
	from := k.head - storage.Revision(len(k.ops))
	ops, err := n.store.Read(ctx, doc, from, k.head, 0)
	if err != nil {
		return rewinds, timeline, err
	}
	for i, op := range ops {
		if !k.ops[i].Same(op) {
			return rewinds, timeline, fmt.Errorf("%w: another op at %d", errOtherHistory, from+storage.Revision(i))
		}
	}
	return rewinds, timeline, nil
}

// compareContent is for a document that was loaded from a snapshot of its head, and of whose ops none is at hand.
func (k *known) compareContent(ctx context.Context, n *node, doc storage.DocumentID) error {
	err := ErrDraining // if its turn never comes
	n.limited(func() {
		var r replayed
		r, err = replay(ctx, n, doc, k.head)
		if err == nil && !sameContent(r.tree, k.frozen) {
			err = fmt.Errorf("%w: another content", errOtherHistory)
		}
	})
	return err
}

func sameContent(tree *delta.Document, frozen *delta.Frozen) bool {
	if tree == nil || frozen == nil {
		return tree == nil && frozen == nil
	}
	return tree.Freeze().Delta().Normal().Equal(frozen.Delta().Normal())
}
