package collab

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"quire/collab/wire"
	"quire/storage"
)

// A failover to a server that lacks the newest ops, or a restore that nobody told of, sets the log back, and others may have
// written on since (N12). The store counts what it notices (Rewinds) and takes nothing made from what was read before. Each
// document is then compared with the log; one that is not the same begins anew, and whoever has it open starts afresh, and
// keeps what the log lost for its author. The hub numbers these pasts, so that no op or request that speaks of revisions in an
// earlier one is taken for one of now.

const backInTime = "the document's history went back in time"

var errOtherHistory = errors.New("collab: the log holds another history")

// Follow asks the store which history it serves. A new epoch is taken (L9): everybody who was told the old one is closed with
// resync. What is in memory is compared with the log. Call it about twice a second; it may run at any time.
func (h *Hub) Follow(ctx context.Context) error {
	return h.follow(ctx, func() bool { return true })
}

// follow does so if it is still wanted when the turn has come.
func (h *Hub) follow(ctx context.Context, wanted func() bool) error {
	if err := h.following.take(ctx, h.rt); err != nil { // else a slower caller takes a former epoch back
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	defer h.following.give()
	if !wanted() {
		return nil
	}
	epoch, rewinds, err := h.history(ctx)
	if err != nil {
		return err
	}
	other := h.takeEpoch(epoch)
	if h.followed.Swap(rewinds) == rewinds && !other {
		return nil
	}
	for _, d := range h.live() {
		d.post(call((*document).lookBack))
		h.release(d)
	}
	return nil
}

// history asks the store for its epoch, and how often the log had gone back at that moment: what was read while it went back may
// be the epoch of before.
func (h *Hub) history(ctx context.Context) (epoch string, rewinds int64, err error) {
	for {
		rewinds = h.store.Rewinds()
		epoch, err = h.store.Epoch(ctx)
		if err != nil || h.store.Rewinds() == rewinds {
			return epoch, rewinds, err
		}
	}
}

// takeEpoch reports whether the epoch is another than before. Only the one that follows calls it.
func (h *Hub) takeEpoch(epoch string) bool {
	if h.Epoch() == epoch {
		return false
	}
	h.epoch.Store(&epoch)
	past := h.pasts.Add(1)
	h.turned.Store(past)
	h.log.Warn("the log has a new epoch", "epoch", epoch)
	for _, s := range h.connections("", true) {
		if s.Past() < past {
			s.Close(wire.CloseResync, backInTime)
		}
	}
	return true
}

// caughtUp returns how often the log went back, and from which past on its revisions are those of now, when everybody was told.
func (h *Hub) caughtUp(ctx context.Context) (rewinds, past int64, err error) {
	behind := func() bool { return h.followed.Load() != h.store.Rewinds() }
	for rewinds = h.store.Rewinds(); h.followed.Load() != rewinds; rewinds = h.store.Rewinds() {
		if err := h.follow(ctx, behind); err != nil { // after a failover all documents ask: one question is enough
			return 0, 0, err
		}
	}
	return rewinds, h.turned.Load(), nil
}

// outdated gives up on an op whose sender spoke of revisions in another history, and reports whether it did.
func (d *document) outdated(s *submission) bool {
	if s.past >= d.past {
		return false
	}
	s.undecided()
	return true
}

// Look compares a live document with where its log ends, if that is not where it ends here.
func (h *Hub) Look(doc storage.DocumentID, head storage.Head) {
	h.tell(doc, call(func(d *document) {
		if d.state != docLive || len(d.order.Pending()) > 0 {
			return
		}
		if head.Revision < d.order.Head() || head.Revision == d.order.Head() && head.Bytes != d.order.LogBytes() {
			d.lookBack() // what was just committed here may not have been in head yet
		}
	}))
}

// lookBack has the document compared with the log.
func (d *document) lookBack() {
	switch d.state {
	case docLive:
		d.doubt = true
		d.lookNow()
	case docAbsent, docDeleted, docDamaged:
		d.state = docLoading
		d.startLoading()
	}
}

// doubted reports whether the log may have gone back since the document was read.
func (d *document) doubted() bool { return d.doubt || d.rewinds != d.hub.store.Rewinds() }

// unsure keeps m, which is to be judged by what the document holds or told of it, until that was compared with the log, and reports whether it did.
func (d *document) unsure(m message) bool {
	if d.state != docLive || !d.doubted() {
		return false
	}
	d.waits.add(forLook, m)
	d.lookNow()
	return true
}

// rewound drops what is in memory, which is not in the log, and begins anew from what the log holds.
func (d *document) rewound(err error) {
	d.hub.log.Error("history went back in time; what was ahead is dropped", "doc", d.id, "revision", d.order.Head(), "err", err)
	d.past = d.hub.pasts.Add(1)
	for _, x := range slices.Concat(d.subs, d.channel) {
		x.reader.Close(wire.CloseResync, backInTime)
	}
	for _, s := range d.unstored() {
		s.abandon()
	}
	for _, l := range d.late {
		l.of.reader.Done()
		l.of.reader.Close(wire.CloseResync, backInTime)
	}
	d.late = nil
	d.batch.hold()
	d.order.Load(0, nil, 0, nil)
	d.frozen, d.safe, d.doubt = nil, 0, false
	d.forgetAll()
	d.state = docLoading
	d.waits.turn(forLookBegun, forLoading)
	d.waits.turn(forLook, forLoading)
	d.startLoading()
}

// forgetAll drops the document's hold on its encodings, also on those that are being sent: no newcomer may get one.
func (d *document) forgetAll() {
	r := &d.reads
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, g := range r.current {
		if g != nil {
			d.holds.Drop(g.Held)
			r.current[i] = nil
		}
	}
	r.keeps.Store(false)
}
