package collab

import (
	"quire/collab/budget"
	"quire/collab/order"
	"quire/storage"
)

// document is a live document. What happens to it happens in its turn: one goroutine at a time, while the inbox holds something.
type document struct {
	hub    *Hub
	node   *Node
	id     storage.DocumentID
	turn   func() // run
	inbox  inbox
	use    use // under the registry's lock
	status status

	// With locks of their own, or none needed:
	batch     batch  // what is to be appended next
	stream    stream // of which the feed is read by anybody
	encodings encodings
	holds     budget.Owner        // ends when the document leaves memory
	weight    *budget.Reservation // its estimated bytes, of registry.memory

	// Of the turn alone:
	life        lifecycle
	order       order.Sequencer
	frozen      frozen
	log         logState
	waits       waits
	jobs        jobs
	subscribers subscribers
	presence    presence
	snapshots   snapshots
	quota       quota
	loadStopped bool // loading was given up because nobody waited
}

// newDocument makes a document that is to be loaded.
func (h *Hub) newDocument(id storage.DocumentID) *document {
	d := &document{hub: h, node: h.node, id: id, order: order.New(&h.order, h.cfg.Formats != nil)}
	d.turn = h.node.counted(d.run)
	d.stream.doc, d.stream.limit = id, h.node.limits.FeedBytes
	d.encodings = encodings{doc: id, budget: &h.reading, owner: &d.holds, shrunk: &d.status.shrunk}
	d.log.node = h.node
	d.jobs = jobs{node: h.node, post: d.post, busy: &d.status.busy}
	d.presence.doc, d.presence.order = id, &d.order
	d.quota.left = h.cfg.Quota
	return d
}

// post puts m into the inbox. The caller holds a reference, or the document is busy with what m ends.
func (d *document) post(m message) {
	if d.inbox.put(m) {
		d.node.soon(d.turn)
	}
}

// run handles messages until there are none.
func (d *document) run() {
	for turn := d.inbox.take(nil); turn != nil; turn = d.inbox.take(turn) {
		for _, m := range turn {
			m.handle(d)
		}
		d.endTurn()
	}
}

// active reports whether a turn is under way, or something is that will begin one.
func (d *document) active() bool { return d.inbox.inTurn() || d.status.busy.Load() }

// endTurn hands what is pending to the committer and notes what keeps the document in memory.
func (d *document) endTurn() {
	d.subscribers.listPeople()
	if d.life.live() && d.batch.queue() {
		d.hub.committer.add(d)
	}
	d.status.waitsSince.Store(d.waitsSince())
	d.status.unsaved.Store(d.life.live() && d.snapshots.behind(d.order.Head()))
	d.status.worthless.Store(d.life.state >= docAbsent || d.loadStopped)
	busy := len(d.order.Pending()) > 0 || d.waits.any() || d.jobs.running > 0
	if d.status.busy.Load() != busy {
		d.status.busy.Store(busy)
		if !busy {
			d.hub.registry.becameIdle()
		}
	}
}

// waitsSince returns when the oldest op or request began to wait for the store, in ns since 1970; 0: none does.
func (d *document) waitsSince() int64 {
	pending := d.order.Pending()
	switch {
	case len(pending) > 0:
		return pending[0].Arrived.UnixNano()
	case d.waits.count(forLoading) > 0:
		return d.status.waitsSince.Load()
	case d.waits.count(forPending) > 0:
		return d.waits.items[forPending][0].(*submission).Arrived.UnixNano()
	}
	return 0
}

// wait keeps m until the document is loaded, and reports whether it did.
func (d *document) wait(m message) bool {
	if d.life.state != docLoading {
		return false
	}
	if d.waits.count(forLoading) == 0 {
		d.status.waitsSince.Store(d.node.rt.Now().UnixNano())
	}
	if d.loadStopped {
		d.loadStopped = false
		d.startLoading()
	}
	d.waits.add(forLoading, m)
	return true
}

// weigh notes about how much memory the document takes.
func (d *document) weigh() {
	const bare = 6 << 10
	size := int64(bare + d.stream.feed.size() + 2*d.order.KeptBytes())
	if d.order.Content() != nil {
		size += int64(3 * d.order.Content().Len())
	}
	d.weight.Resize(size)
}

// quiet is what the sweep asks of a document that nobody changed for a while: a snapshot, and memory given back.
func (d *document) quiet() {
	now := d.node.rt.Now()
	if d.status.asksForQuota(now) {
		d.askQuota()
	}
	if !d.snapshots.resting(now) {
		d.saveIfChanged()
	}
	if len(d.order.Pending()) == 0 {
		d.order.Shrink(quietOps, quietBytes)
		d.stream.feed.shrink(quietBytes)
	}
	d.status.shrunk.Store(true) // before, because an encoding made now clears it
	if !d.encodings.forget() {
		d.status.shrunk.Store(false) // again, once they are sent
	}
	d.frozen.forgetOlder(d.order.Head())
	d.weigh()
}

const (
	quietOps   = 16
	quietBytes = 1 << 10 // of the ops, and again of their frames
)
