package collab

import (
	"sync"
	"sync/atomic"
	"time"

	"quire/collab/budget"
	"quire/collab/delta"
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// message is something for a document to do in its own goroutine.
type message interface{ handle(d *document) }

// call is a message for whatever needs no type of its own.
type call func(d *document)

func (c call) handle(d *document) { c(d) }

// document is a live document. Its state belongs to run, which has a goroutine only while the inbox holds something.
type document struct {
	hub   *Hub
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
	// busy: something is under way that will post without holding a reference, so it must not leave memory.
	busy atomic.Bool
	// waitsSince is when the oldest op or request began to wait for the store, in ns since 1970; 0: none does.
	waitsSince atomic.Int64
	changedAt  atomic.Int64 // when the head last moved, in ns since 1970
	unsaved    atomic.Bool  // there is no snapshot of the head
	shrunk     atomic.Bool  // memory was given back since the last change
	worthless  atomic.Bool  // there is nothing in it to keep
	roomDue    atomic.Int64 // when to ask again for room, in ns since 1970; 0: not by time
	outcome    outcome      // of the one append under way

	mu      sync.Mutex // of the inbox, a leaf
	inbox   []message
	spare   []message
	running bool

	// Of Hub.mu:
	refs      int
	idleSince time.Time

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
	past          int64            // what was sent in an earlier past of the hub speaks of another history
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

// post puts m into the inbox. The caller holds a reference, or the document is busy with what m ends.
func (d *document) post(m message) {
	d.mu.Lock()
	d.inbox = append(d.inbox, m)
	start := !d.running
	d.running = true
	d.mu.Unlock()
	if start {
		d.hub.soon(d.turn)
	}
}

// run handles messages until there are none. Per turn ops are handed over and sessions woken once.
func (d *document) run() {
	for {
		d.mu.Lock()
		if len(d.inbox) == 0 {
			d.running = false
			d.mu.Unlock()
			return
		}
		turn := d.inbox
		d.inbox, d.spare = d.spare[:0], nil
		d.mu.Unlock()
		for _, m := range turn {
			m.handle(d)
		}
		d.endTurn()
		clear(turn)
		d.mu.Lock()
		d.spare = turn[:0]
		d.mu.Unlock()
	}
}

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
		since = d.waitsSince.Load()
	case d.waits.count(forRoom) > 0:
		since = d.waits.items[forRoom][0].(*submission).Arrived.UnixNano()
	}
	d.waitsSince.Store(since)
	d.unsaved.Store(d.state == docLive && d.order.Head() > d.saving.at)
	d.worthless.Store(d.state >= docAbsent || d.loadStopped)
	if d.busy.Load() != busy {
		d.busy.Store(busy)
		if !busy {
			d.hub.quieter()
		}
	}
}

// job runs work in a task of its own; what it gives is handled here.
func (d *document) job(work func() message) {
	d.jobs++
	d.busy.Store(true)
	d.hub.task(func() {
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
		d.hub.helpers.do(d.hub, func() { m = work() })
		return m
	})
}

// wait keeps m until the document is loaded, and reports whether it did.
func (d *document) wait(m message) bool {
	if d.state != docLoading {
		return false
	}
	if d.waits.count(forLoading) == 0 {
		d.waitsSince.Store(d.hub.rt.Now().UnixNano())
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
