package collab

import (
	"sync/atomic"

	"quire/collab/budget"
	"quire/collab/delta"
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// document is a live document. Its state belongs to run, which has a goroutine only while the inbox holds something.
type document struct {
	hub   *Hub
	node  *node
	turn  func() // run
	id    storage.DocumentID
	feed  feed
	batch batch
	reads snapshotReads
	holds budget.Owner // ends when the document leaves memory
	// weight is its estimated bytes, of Hub.memory.
	weight *budget.Reservation
	// people is who has it open, for lists.
	people atomic.Pointer[[]Person]
	status status
	result commitResult // of the one append under way

	inbox inbox
	use   use // under the registry's lock

	// Of run alone:
	order         order.Sequencer
	state         docState
	info          storage.Document
	waits         waits
	loadStopped   bool // loading was given up because nobody waited
	jobs          int  // tasks under way that will post
	tail          tailReading
	safe          storage.Revision // the ops before it are known not to be lost any more: see assure.go
	rewinds       int64            // how often the log had gone back when what is here was last the same: see rewind.go
	doubt         bool             // it is to be compared all the same
	timeline      int64            // of the log: what was sent on an earlier one speaks of another history (N12)
	subs          []*Handle        // live subscriptions
	channel       []*Handle        // of its presence channel
	carets        map[string]*caret
	saving        saving
	room          room
	frozen        *delta.Frozen // of order.Head(), if frozenAt is it
	frozenAt      storage.Revision
	frames        []wire.Frame // of a commit, reused
	late          []lateAck    // of the same, likewise
	peopleChanged bool
}

type docState uint8

const (
	docLoading docState = iota
	docLive
	docAbsent  // no such row: an application's token may create it
	docDeleted // a tombstone (L7)
	docDamaged // its log cannot be applied; nothing is served
)

// newDocument makes a document that is to be loaded.
func (h *Hub) newDocument(id storage.DocumentID) *document {
	d := &document{hub: h, node: h.node, id: id, order: order.New(&h.order, h.cfg.Formats != nil)}
	d.turn = h.node.counted(d.run)
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
	if d.peopleChanged {
		d.peopleChanged = false
		d.listPeople()
	}
	if d.state == docLive && d.batch.queue() {
		d.hub.committer.add(d)
	}
	pending := d.order.Pending()
	busy := len(pending) > 0 || d.waits.any() || d.jobs > 0
	since := int64(0)
	switch {
	case len(pending) > 0:
		since = pending[0].Arrived.UnixNano()
	case d.waits.count(forLoading) > 0:
		since = d.status.waitsSince.Load()
	case d.waits.count(forPending) > 0:
		since = d.waits.items[forPending][0].(*submission).Arrived.UnixNano()
	}
	d.status.waitsSince.Store(since)
	d.status.unsaved.Store(d.state == docLive && d.order.Head() > d.saving.at)
	d.status.worthless.Store(d.state >= docAbsent || d.loadStopped)
	if d.status.busy.Load() != busy {
		d.status.busy.Store(busy)
		if !busy {
			d.hub.registry.becameIdle()
		}
	}
}

// job runs work in a task of its own; what it gives is handled here.
func (d *document) job(work func() message) {
	d.jobs++
	d.status.busy.Store(true)
	d.node.task(func() {
		m := work()
		d.post(call(func(d *document) {
			d.jobs--
			if m != nil {
				m.handle(d)
			}
		}))
	})
}

// heavy is job for work that takes much processor time or memory: only a few run at once on a node.
func (d *document) heavy(work func() message) {
	d.job(func() message {
		var m message
		d.node.limited(func() { m = work() })
		return m
	})
}

// wait keeps m until the document is loaded, and reports whether it did.
func (d *document) wait(m message) bool {
	if d.state != docLoading {
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

// freeze returns the committed content; nil if there is none. It is made once per revision.
func (d *document) freeze() *delta.Frozen {
	if d.order.Content() == nil {
		return nil
	}
	if d.frozen == nil || d.frozenAt != d.order.Head() {
		d.frozen, d.frozenAt = d.order.Content().Freeze(), d.order.Head()
	}
	return d.frozen
}
