package collab

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"quire/collab/budget"
	"quire/collab/delta"
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/sealed"
)

// Config is what a Hub needs.
type Config struct {
	Store   Log
	Formats *delta.Formats // nil: FORMATS=any, which also turns off the last newline (E6)
	Secret  sealed.Text    // signs client ids (W1)
	Build   string         // told to Quire's own clients
	Others  Announcer      // whom changes of access are told to beside this hub: other nodes; nil: there are none
	Limits  Limits
	// Room tells how many bytes of log a document's owner may still add over all documents; nil: there is no bound. It may
	// ask the database.
	Room    func(context.Context, storage.DocumentID) (left int64, err error)
	Log     *slog.Logger // nil: none
	Runtime Runtime      // nil: a System of its own
}

// Hub keeps the live documents and sessions of one node.
type Hub struct {
	cfg       Config
	store     Log
	rt        Runtime
	system    *System // rt, if it is the hub's own
	log       *slog.Logger
	limits    Limits
	order     order.Limits // of limits, those of a document's order
	epoch     atomic.Pointer[string]
	committer committer
	helpers   helpers
	openings  openings
	lookups   lookups
	pasts     atomic.Int64 // how often a document, or all, went on from another history: see rewind.go
	turned    atomic.Int64 // of pasts, that of the newest epoch
	followed  atomic.Int64 // the store's Rewinds of which everybody was told
	following turn         // of whoever asks which history it is: see Follow

	ctx      context.Context // ends with Close
	stop     context.CancelFunc
	tasks    sync.WaitGroup
	draining atomic.Bool
	memory   budget.Budget // bytes of live documents, estimated; over it idle ones go
	reading  budget.Budget // bytes of encoded snapshots on their way

	mu        sync.Mutex // held for no I/O and no channel operation; see doc.go for the order
	documents map[storage.DocumentID]*document
	sessions  map[storage.UserID]map[Connection]uint64 // their numbers, in the order they came
	joined    uint64                                   // sessions so far
	stopSweep func()
	calm      chan struct{} // closed when no document is busy; nil: nobody waits
}

// NewHub makes a hub over an open store; it asks the store for its epoch (L9).
func NewHub(cfg Config) (*Hub, error) {
	h := &Hub{
		cfg: cfg, store: cfg.Store, rt: cfg.Runtime, log: cfg.Log, limits: cfg.Limits.orDefault(),
		documents: map[storage.DocumentID]*document{}, sessions: map[storage.UserID]map[Connection]uint64{},
	}
	h.order = h.limits.order()
	if h.rt == nil {
		h.system = &System{}
		h.rt = h.system
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	h.memory.Limit, h.memory.Soft = h.limits.DocumentsSize, true
	h.reading.Limit, h.reading.Alone = h.limits.SnapshotReads, true
	h.committer.hub, h.committer.turn = h, h.counted(h.committer.run)
	h.helpers.free = h.limits.Helpers
	h.ctx, h.stop = context.WithCancel(context.Background())
	ctx, cancel := context.WithTimeout(h.ctx, h.limits.StoreWait)
	defer cancel()
	epoch, rewinds, err := h.history(ctx)
	if err != nil {
		h.stop()
		return nil, fmt.Errorf("collab: epoch: %w", err)
	}
	h.epoch.Store(&epoch)
	h.followed.Store(rewinds)
	h.mu.Lock() // on a busy machine the first sweep may come before this is done
	h.stopSweep = h.rt.After(sweepEvery, h.sweep)
	h.mu.Unlock()
	return h, nil
}

// Epoch names the log's history (L9), as far as the hub was told: see Follow.
func (h *Hub) Epoch() string { return *h.epoch.Load() }

// task runs f in a goroutine that Close waits for.
func (h *Hub) task(f func()) { h.start(h.counted(f)) }

// counted and start are the two halves of task: what is run often is counted once, so that a turn allocates nothing.
func (h *Hub) counted(f func()) func() {
	return func() {
		defer h.tasks.Done()
		f()
	}
}

func (h *Hub) start(counted func()) {
	h.tasks.Add(1)
	h.rt.Go(counted)
}

// soon is start for what waits for nothing.
func (h *Hub) soon(counted func()) {
	h.tasks.Add(1)
	h.rt.Soon(counted)
}

// Join counts a session among those of its person, which hears of what concerns them until it is Left. While
// the hub drains the session is closed at once.
func (h *Hub) Join(c Connection) {
	user := c.Identity().User
	h.mu.Lock()
	h.joined++
	of := h.sessions[user]
	if of == nil {
		of = make(map[Connection]uint64, 1)
		h.sessions[user] = of
	}
	of[c] = h.joined
	h.mu.Unlock()
	if h.draining.Load() {
		c.Close(wire.CloseRestarting, restarting)
	}
}

// Left takes a session out again.
func (h *Hub) Left(c Connection) {
	user := c.Identity().User
	h.mu.Lock()
	defer h.mu.Unlock()
	of := h.sessions[user]
	delete(of, c)
	if len(of) == 0 {
		delete(h.sessions, user)
	}
}

// connections returns a user's sessions, or everybody's, in the order they came.
func (h *Hub) connections(user storage.UserID, all bool) (list []Connection) {
	number := map[Connection]uint64{}
	h.mu.Lock()
	if all {
		for _, of := range h.sessions {
			maps.Copy(number, of)
		}
	} else {
		maps.Copy(number, h.sessions[user])
	}
	h.mu.Unlock()
	return slices.SortedFunc(maps.Keys(number), func(a, b Connection) int { return cmp.Compare(number[a], number[b]) })
}

// Drain ends service for a restart: every session is told and closed with 4000, pending ops are committed, changed
// documents get a snapshot. Afterwards everything is refused. It returns early when ctx is done.
func (h *Hub) Drain(ctx context.Context) error {
	h.draining.Store(true)
	for _, s := range h.connections("", true) {
		s.Farewell()
	}
	err := h.settled(ctx) // so that what is on its way is still acknowledged
	for _, s := range h.connections("", true) {
		s.Close(wire.CloseRestarting, restarting)
	}
	if err != nil {
		return err
	}
	for range 2 { // the first may have found a snapshot of less under way
		for _, d := range h.live() {
			d.post(call((*document).saveIfChanged))
			h.release(d)
		}
		if err := h.settled(ctx); err != nil {
			return err
		}
	}
	return nil
}

// settled waits until no document is busy.
func (h *Hub) settled(ctx context.Context) error {
	for {
		docs := h.live()
		busy := false
		for _, d := range docs {
			busy = busy || d.active()
		}
		calm := make(chan struct{})
		h.mu.Lock()
		h.calm = calm
		h.mu.Unlock()
		for _, d := range docs {
			busy = busy || d.active()
			h.release(d)
		}
		if !busy {
			return nil
		}
		// A turn that ends without having been busy tells nobody, so look again after a while too.
		stop := h.rt.After(10*time.Millisecond, h.quieter)
		err := h.rt.Wait(ctx, calm)
		stop()
		if err != nil {
			return err
		}
	}
}

// quieter wakes who waits for documents to come to rest.
func (h *Hub) quieter() {
	h.mu.Lock()
	calm := h.calm
	h.calm = nil
	h.mu.Unlock()
	if calm != nil {
		close(calm)
	}
}

// Close drops everything at once and waits for the hub's goroutines. Call it after Drain and before closing the store.
func (h *Hub) Close() {
	h.draining.Store(true)
	for _, s := range h.connections("", true) {
		s.Close(wire.CloseRestarting, restarting)
		s.Leave()
	}
	h.stop()
	h.mu.Lock()
	h.stopSweep()
	h.mu.Unlock()
	h.tasks.Wait()
	h.mu.Lock()
	for _, d := range h.documents {
		h.letGo(d)
	}
	h.mu.Unlock()
	if h.system != nil {
		h.system.Close()
	}
}
