package collab

import (
	"errors"
	"slices"
	"strings"
	"time"

	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

func isAbsent(err error) bool {
	return errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDeleted)
}

// acquire returns the live document of an id with a reference to it, beginning to load it if it is not live: one load however
// many come at once. Documents that nobody refers to make room for others.
func (h *Hub) acquire(id storage.DocumentID) (*document, error) {
	if h.draining.Load() {
		return nil, ErrDraining
	}
	h.mu.Lock()
	d := h.documents[id]
	if d != nil {
		d.refs++
		h.mu.Unlock()
		return d, nil
	}
	if len(h.documents) >= h.limits.Documents {
		h.mu.Unlock()
		h.evict(h.rt.Now(), true)
		h.mu.Lock()
		if d := h.documents[id]; d != nil {
			d.refs++
			h.mu.Unlock()
			return d, nil
		}
		if len(h.documents) >= h.limits.Documents {
			h.mu.Unlock()
			return nil, ErrOverloaded
		}
	}
	d = &document{hub: h, id: id, refs: 1}
	d.weight = d.holds.Take(&h.memory, 0)
	d.turn = h.counted(d.run)
	d.order = order.New(&h.order, h.cfg.Formats != nil)
	h.documents[id] = d
	h.mu.Unlock()
	d.post(call((*document).startLoading))
	return d, nil
}

func (h *Hub) retain(d *document) {
	h.mu.Lock()
	d.refs++
	h.mu.Unlock()
}

// release gives a reference back. Nobody posts to a document without one, so at none it can be let go between two turns.
func (h *Hub) release(d *document) {
	h.mu.Lock()
	if d.refs--; d.refs == 0 {
		d.idleSince = h.rt.Now()
	}
	h.mu.Unlock()
}

// find returns a document if it is live, with a reference.
func (h *Hub) find(id storage.DocumentID) *document {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.documents[id]
	if d != nil {
		d.refs++
	}
	return d
}

// tell lets a document do something if it is live.
func (h *Hub) tell(id storage.DocumentID, m message) {
	if d := h.find(id); d != nil {
		d.post(m)
		h.release(d)
	}
}

// wanted reports whether anybody refers to d.
func (h *Hub) wanted(d *document) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return d.refs > 0
}

// live returns all documents, each with a reference.
func (h *Hub) live() []*document {
	h.mu.Lock()
	defer h.mu.Unlock()
	docs := make([]*document, 0, len(h.documents))
	for _, d := range h.documents {
		d.refs++
		docs = append(docs, d)
	}
	slices.SortFunc(docs, byID)
	return docs
}

// active reports whether a turn is under way or something will begin one.
func (d *document) active() bool {
	d.mu.Lock()
	running := d.running
	d.mu.Unlock()
	return running || d.busy.Load()
}

const sweepEvery = time.Second

// sweep looks after what time brings: waits that were too long, documents fallen quiet, proofs that expired.
func (h *Hub) sweep() {
	now := h.rt.Now()
	for _, d := range h.needy(now) {
		if d.waited(now) >= h.limits.StoreWait {
			d.post(call((*document).expire))
		} else {
			d.post(call((*document).quiet))
		}
		h.release(d)
	}
	h.evict(now, !h.memory.Fits(0))
	for _, s := range h.connections("", true) {
		if e := s.Identity().Expires; !e.IsZero() && !now.Before(e) {
			s.Close(wire.CloseTokenExpired, "the sign-in's time is over")
		}
	}
	h.mu.Lock()
	if h.ctx.Err() == nil {
		h.stopSweep = h.rt.After(sweepEvery, h.sweep)
	}
	h.mu.Unlock()
}

// needy returns the documents that time has brought something to do, each with a reference.
func (h *Hub) needy(now time.Time) (docs []*document) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.documents {
		quiet := now.UnixNano()-d.changedAt.Load() >= int64(h.limits.SnapshotIdle) && (d.unsaved.Load() || !d.shrunk.Load())
		cramped := d.roomDue.Load() > 0 && now.UnixNano() >= d.roomDue.Load()
		if quiet || cramped || d.waited(now) >= h.limits.StoreWait {
			d.refs++
			docs = append(docs, d)
		}
	}
	slices.SortFunc(docs, byID)
	return docs
}

// busyDocuments returns those that have something under way, each with a reference.
func (h *Hub) busyDocuments() (docs []*document) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.documents {
		if d.active() {
			d.refs++
			docs = append(docs, d)
		}
	}
	slices.SortFunc(docs, byID)
	return docs
}

func byID(a, b *document) int { return strings.Compare(string(a.id), string(b.id)) }

// evict lets go of documents that nobody refers to and that have nothing to do: after a while, or at once if memory or
// places are short. A document without a snapshot of its head stays until it has one, unless room is short: it would only
// take longer to load.
func (h *Hub) evict(now time.Time, short bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.documents {
		if d.refs > 0 || d.active() {
			continue
		}
		if short || d.worthless.Load() || !d.unsaved.Load() && now.Sub(d.idleSince) >= h.limits.EvictIdle {
			h.letGo(d)
		}
	}
}

// letGo takes a document out of memory, with all that it holds. Hub.mu is held.
func (h *Hub) letGo(d *document) {
	delete(h.documents, d.id)
	d.holds.End()
}

// expire gives up on what has waited too long for the store (W7): whoever sent it is told to come back and ask again. What
// was not handed to the store is dropped; of the rest the log will tell.
func (d *document) expire() {
	now := d.hub.rt.Now()
	old := func(s *submission) bool {
		if s == nil || now.Sub(s.Arrived) < d.hub.limits.StoreWait {
			return false
		}
		s.abandon()
		return true
	}
	gave := false
	for _, o := range d.order.Pending() {
		gave = old(submitted(o)) || gave
	}
	d.waits.drop(forRoom, old)
	d.waits.drop(forRole, old)
	if gave {
		d.rejudge()
	}
	for _, m := range d.waits.take(forLoading) {
		if f, ok := m.(failer); ok && d.state == docLoading {
			f.fail(d)
		} else {
			m.handle(d)
		}
	}
}

// failer is a message that can be given up on.
type failer interface{ fail(d *document) }

func (s *submission) fail(*document) { s.undecided() }

// rejudge takes back the ops that were not handed to the store and judges them anew: some are dropped, or their sender's
// role changed.
func (d *document) rejudge() {
	n, held := d.batch.withdraw()
	if held {
		return // the outcome of what was taken comes first, and rejudges all
	}
	d.resubmit(d.order.Withdraw(n))
}
