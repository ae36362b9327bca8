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

// compare is nil if the log holds what a document knows of it, and tells when that was so. What was sent in an
// earlier past is not for it: who sent it is told of the new epoch, and keeps it. Without a chain over all ops it goes by
// the newest ones and by the size of all.
func (h *Hub) compare(doc storage.DocumentID, k *known) (rewinds, past int64, err error) {
	ctx, cancel := context.WithTimeout(h.ctx, h.limits.StoreWait)
	defer cancel()
	if rewinds, past, err = h.caughtUp(ctx); err != nil {
		return rewinds, past, err
	}
	head, err := h.store.Head(ctx, doc)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return rewinds, past, fmt.Errorf("%w: %w", errOtherHistory, err)
	case err != nil:
		return rewinds, past, err
	case head.Revision < k.head, head.Revision == k.head && head.Bytes != k.bytes:
		return rewinds, past, fmt.Errorf("%w: it ends at %d with %d bytes", errOtherHistory, head.Revision, head.Bytes)
	case len(k.ops) == 0:
		return rewinds, past, h.compareContent(ctx, doc, k)
	}
	from := k.head - storage.Revision(len(k.ops))
	ops, err := h.store.Read(ctx, doc, from, k.head, 0)
	if err != nil {
		return rewinds, past, err
	}
	for i, op := range ops {
		if !k.ops[i].Same(op) {
			return rewinds, past, fmt.Errorf("%w: another op at %d", errOtherHistory, from+storage.Revision(i))
		}
	}
	return rewinds, past, nil
}

// compareContent is for a document that was loaded from a snapshot of its head, and of whose ops none is at hand.
func (h *Hub) compareContent(ctx context.Context, doc storage.DocumentID, k *known) error {
	err := ErrDraining // if its turn never comes
	h.helpers.do(h, func() {
		var r replayed
		r, err = h.replay(ctx, doc, k.head)
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
