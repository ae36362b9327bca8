package collab

import (
	"context"
	"sort"
	"time"

	"quire/collab/wire"
	"quire/storage"
)

// Past returns doc at a revision (storage.Newest: the head), or at the time when if that is not zero, and whether it is in the trash.
// The caller checks the role, and has entered a turn of Node.Queue. Beyond the head the error is storage.ErrAhead.
func (h *Hub) Past(ctx context.Context, doc storage.DocumentID, at storage.Revision, when time.Time) (snapshot wire.Snapshot, trashed bool, err error) {
	if !when.IsZero() {
		if at, err = revisionAt(ctx, h.node, doc, when); err != nil {
			return snapshot, false, err
		}
	}
	found, err := replay(ctx, h.node, doc, at)
	if err != nil {
		return snapshot, false, err
	}
	snapshot.Version = wire.Version(found.at)
	if found.tree != nil {
		snapshot.Content = found.tree.Freeze()
	}
	return snapshot, found.Document.Trashed(), nil
}

// revisionAt returns the last revision that was reached by a time. It searches the log by halves, reading one op at each step.
func revisionAt(ctx context.Context, n *Node, doc storage.DocumentID, when time.Time) (storage.Revision, error) {
	head, err := n.store.Head(ctx, doc)
	if err != nil {
		return 0, err
	}
	later := sort.Search(int(head.Revision), func(i int) bool {
		if err != nil {
			return false
		}
		var ops []storage.Op
		ops, err = n.store.Read(ctx, doc, storage.Revision(i), storage.Revision(i)+1, 0)
		return err == nil && len(ops) == 1 && ops[0].At.After(when)
	})
	return storage.Revision(later), err
}
