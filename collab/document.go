package collab

import (
	"quire/collab/budget"
	"quire/collab/order"
	"quire/storage"
)

// document is a live document. It changes only in its turn: while its inbox is not empty, one goroutine handles the messages in order.
type document struct {
	hub    *Hub
	node   *Node
	id     storage.DocumentID
	turn   func() // run
	inbox  inbox
	use    use // under the registry's lock
	status status

	// Shared with other goroutines:
	batch     batch  // the ops to be appended next
	stream    stream // the turn's, but for its feed
	encodings encodings
	holds     budget.Owner        // of all that it reserves; ends when it leaves memory
	place     *budget.Reservation // of registry.places, or registry.absent
	weight    *budget.Reservation // its estimated bytes, of registry.memory

	// Used by the turn alone:
	life        lifecycle
	order       order.Sequencer
	frozen      frozen
	log         logState
	waits       waits
	jobs        jobs
	transforms  transforms
	subscribers subscribers
	presence    presence
	snapshots   snapshots
	quota       quota
}

// newDocument returns a document that has yet to be loaded.
func (h *Hub) newDocument(id storage.DocumentID) *document {
	d := &document{hub: h, node: h.node, id: id, order: order.New(&h.order, h.cfg.Formats != nil)}
	d.turn = h.node.counted(d.run)
	post := d.post // once, for all
	d.batch.doc, d.batch.post = id, post
	d.stream.doc, d.stream.limit = id, h.node.limits.FeedBytes
	d.encodings = encodings{doc: id, budget: &h.reading, owner: &d.holds, shrunk: &d.status.shrunk}
	d.log.node = h.node
	d.jobs = jobs{node: h.node, post: post, busy: &d.status.busy}
	d.presence.doc, d.presence.order = id, &d.order
	d.quota.left = h.cfg.Quota
	return d
}

// post adds m to the inbox. The caller must hold a reference, or be a task that keeps the document busy.
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

// active reports whether a turn is under way, or something that will start one.
func (d *document) active() bool { return d.inbox.inTurn() || d.status.busy.Load() }

// endTurn hands the batch to the committer and updates the status.
func (d *document) endTurn() {
	d.subscribers.listPeople()
	if d.life.live() && d.batch.queue() {
		d.hub.committer.add(&d.batch)
	}
	waitsSince := d.waits.since(d.status.waitsSince.Load())
	if pending := d.order.Pending(); len(pending) > 0 {
		waitsSince = pending[0].Arrived.UnixNano()
	}
	d.status.waitsSince.Store(waitsSince)
	d.status.head.Store(int64(d.order.Head()))
	d.status.keptFrom.Store(int64(d.order.KeptFrom()))
	d.status.unsaved.Store(d.life.live() && d.snapshots.behind(d.order.Head()))
	d.status.absent.Store(d.life.state == docAbsent)
	d.status.worthless.Store(d.life.state >= docAbsent || d.life.stopped)
	busy := len(d.order.Pending()) > 0 || d.waits.any() || d.jobs.running > 0
	if d.status.busy.Load() != busy {
		d.status.busy.Store(busy)
		if !busy {
			d.hub.registry.becameIdle()
		}
	}
}

// wait keeps m until the document is loaded, and reports whether it did.
func (d *document) wait(m message) bool {
	if d.life.state != docLoading {
		return false
	}
	if d.waits.count(forLoading) == 0 {
		d.status.waitsSince.Store(d.node.rt.Now().UnixNano())
	}
	if d.life.stopped {
		d.life.stopped = false
		d.startLoading()
	}
	d.waits.add(forLoading, m)
	return true
}

// weigh updates the estimate of the document's memory.
func (d *document) weigh() {
	const bare = 6 << 10
	size := int64(bare + d.stream.feed.size() + 2*d.order.KeptBytes())
	if d.order.Content() != nil {
		size += int64(3 * d.order.Content().Len())
	}
	d.weight.Resize(size)
}

// quiet saves a document that did not change for a while, and frees memory.
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
	d.status.shrunk.Store(true) // first, because a concurrent encoding clears it
	if !d.encodings.forget() {
		d.status.shrunk.Store(false) // try again once they are sent
	}
	d.frozen.forgetOlder(d.order.Head())
	d.weigh()
}

const (
	quietOps   = 16
	quietBytes = 1 << 10 // of the ops, and as much of their frames
)
