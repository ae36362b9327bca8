package collab

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"quire/storage"
)

// A failover to a server that lacks the newest ops, or a restore from a backup, sets the log back, and others may have written to it
// since (N12). The store counts the times it notices (Rewinds) and refuses writes that were based on earlier reads. Each document is
// then compared with the log. One that differs is loaded again; its clients fetch it anew, and keep for the author what the log lost.
// The hub numbers these timelines of the log, so that a revision of an earlier one is never taken for one of now.

const backInTime = "the document's history went back in time"

// timelines knows which history of the log the store serves.
type timelines struct {
	node     *Node
	epoch    atomic.Pointer[string]
	newest   atomic.Int64 // number of the newest timeline, of one document or of all
	ofEpoch  atomic.Int64 // number of the timeline with which the epoch began
	followed atomic.Int64 // the store's Rewinds when all documents were last told to compare
	asking   ctxMutex     // held while the epoch is asked for, so that a slow answer does not replace a newer one
	replaced func(int64)  // closes sessions that only know earlier timelines
	compare  func()       // makes all documents compare themselves with the log
}

// begin asks the store for its first epoch (L9).
func (t *timelines) begin(ctx context.Context) error {
	epoch, rewinds, err := t.ask(ctx)
	if err != nil {
		return fmt.Errorf("collab: epoch: %w", err)
	}
	t.epoch.Store(&epoch)
	t.followed.Store(rewinds)
	return nil
}

// ask returns the store's epoch and how often the log had gone back then. It asks again if the log went back meanwhile: the epoch may
// be the former one.
func (t *timelines) ask(ctx context.Context) (epoch string, rewinds int64, err error) {
	for {
		rewinds = t.node.store.Rewinds()
		epoch, err = t.node.store.Epoch(ctx)
		if err != nil || t.node.store.Rewinds() == rewinds {
			return epoch, rewinds, err
		}
	}
}

// next begins a new timeline and returns its number.
func (t *timelines) next() int64 { return t.newest.Add(1) }

// follow asks the store which history it serves, unless wanted returns false once nobody else is asking.
func (t *timelines) follow(ctx context.Context, wanted func() bool) error {
	if err := t.asking.lock(ctx, t.node.rt); err != nil {
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	defer t.asking.unlock()
	if !wanted() {
		return nil
	}
	epoch, rewinds, err := t.ask(ctx)
	if err != nil {
		return err
	}
	other := t.take(epoch)
	if t.followed.Swap(rewinds) != rewinds || other {
		t.compare()
	}
	return nil
}

// take sets the epoch, and reports whether it is a new one. asking is held.
func (t *timelines) take(epoch string) bool {
	if *t.epoch.Load() == epoch {
		return false
	}
	t.epoch.Store(&epoch)
	number := t.next()
	t.ofEpoch.Store(number)
	t.node.log.Warn("the log has a new epoch", "epoch", epoch)
	t.replaced(number)
	return true
}

// caughtUp makes sure that all documents know how often the log went back. It returns that, and the timeline with which the epoch
// began.
func (t *timelines) caughtUp(ctx context.Context) (rewinds, timeline int64, err error) {
	store := t.node.store
	behind := func() bool { return t.followed.Load() != store.Rewinds() }
	for rewinds = store.Rewinds(); t.followed.Load() != rewinds; rewinds = store.Rewinds() {
		if err := t.follow(ctx, behind); err != nil { // after a failover all documents ask: one question is enough
			return 0, 0, err
		}
	}
	return rewinds, t.ofEpoch.Load(), nil
}

// Epoch returns the name of the log's history (L9) as of the last Follow.
func (h *Hub) Epoch() string { return *h.timelines.epoch.Load() }

// Timeline returns the number of the newest timeline of the log that this node knows (N12).
func (h *Hub) Timeline() int64 { return h.timelines.newest.Load() }

// Follow asks the store which history it serves. On a new epoch (L9), sessions that know the old one are closed with resync, and the
// documents in memory are compared with the log. Call it about twice a second, from any goroutine. It blocks.
func (h *Hub) Follow(ctx context.Context) error {
	return h.timelines.follow(ctx, func() bool { return true })
}

// Look makes a live document compare itself with its log if head, read from the store, is not where it ends here.
func (h *Hub) Look(doc storage.DocumentID, head storage.Head) {
	h.registry.tell(doc, call(func(d *document) {
		if !d.life.live() || len(d.order.Pending()) > 0 {
			return
		}
		if head.Revision < d.order.Head() || head.Revision == d.order.Head() && head.Bytes != d.order.LogBytes() {
			d.compareWithLog() // no proof: head may have been read before the last commit
		}
	}))
}

var errOtherHistory = errors.New("collab: the log holds another history")
