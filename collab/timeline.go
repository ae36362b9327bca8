package collab

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"quire/collab/wire"
	"quire/storage"
)

// A failover to a server that lacks the newest ops, or a restore that nobody told of, sets the log back, and others may have
// written on since (N12). The store counts what it notices (Rewinds) and refuses whatever was made from what was read before. Each
// document is then compared with the log. One that differs is loaded anew; whoever has it open starts afresh, and keeps what the log
// lost for its author. The hub numbers these timelines, so that no op or request that speaks of revisions on an earlier one is taken
// for one of now.

const backInTime = "the document's history went back in time"

// timelines follows which history of the log the store serves.
type timelines struct {
	node     *Node
	epoch    atomic.Pointer[string]
	newest   atomic.Int64 // the number of the newest timeline, of a document or of all
	ofEpoch  atomic.Int64 // the number with which the epoch began
	followed atomic.Int64 // the store's Rewinds that all documents were told of
	asking   ctxMutex     // held by whoever asks for the epoch: else a slower caller would take a former one back
	replaced func(int64)  // closes sessions that know only earlier timelines than this
	compare  func()       // has all documents compared with the log
}

// begin asks the store for its epoch for the first time (L9).
func (t *timelines) begin(ctx context.Context) error {
	epoch, rewinds, err := t.ask(ctx)
	if err != nil {
		return fmt.Errorf("collab: epoch: %w", err)
	}
	t.epoch.Store(&epoch)
	t.followed.Store(rewinds)
	return nil
}

// ask asks the store for its epoch, and how often the log had gone back at that moment. An epoch that was read while the log went
// back may be the former one.
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

// follow asks the store which history it serves, if that is still wanted when the caller's turn to ask has come.
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

// take reports whether the epoch is another than before. asking is held.
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

// caughtUp makes sure that all documents were told how often the log went back. It returns that, and the timeline on which the
// epoch's revisions begin.
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

// Epoch names the log's history (L9), as far as the hub was told: see Follow.
func (h *Hub) Epoch() string { return *h.timelines.epoch.Load() }

// Timeline is the number of the newest timeline of the log that this node knows (N12).
func (h *Hub) Timeline() int64 { return h.timelines.newest.Load() }

// Follow asks the store which history it serves. On a new epoch (L9) everybody who was told the old one is closed with resync, and
// what is in memory is compared with the log. Call it about twice a second; it may run at any time.
func (h *Hub) Follow(ctx context.Context) error {
	return h.timelines.follow(ctx, func() bool { return true })
}

// Look compares a live document with where its log ends, if that is not where it ends here.
func (h *Hub) Look(doc storage.DocumentID, head storage.Head) {
	h.registry.tell(doc, call(func(d *document) {
		if !d.life.live() || len(d.order.Pending()) > 0 {
			return
		}
		if head.Revision < d.order.Head() || head.Revision == d.order.Head() && head.Bytes != d.order.LogBytes() {
			d.compareWithLog() // what was just committed here may not have been in head yet
		}
	}))
}

// closeOlder closes the sessions that know only timelines before this one.
func (h *Hub) closeOlder(timeline int64) {
	for _, s := range h.connections.all() {
		if s.Timeline() < timeline {
			s.Close(wire.CloseResync, backInTime)
		}
	}
}

var errOtherHistory = errors.New("collab: the log holds another history")
