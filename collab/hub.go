package collab

import (
	"context"
	"log/slog"
	"sync/atomic"

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
	Formats *delta.Formats // nil: FORMATS=any, where content need not end in a newline (E6)
	Secret  sealed.Text    // signs client ids (W1)
	Build   string         // told to Quire's own clients
	Bus     Bus            // to other nodes; nil: Alone
	Limits  Limits
	// Quota returns how many bytes a document's owner may still add to the logs of all their documents; nil: no bound. It may block.
	Quota   func(context.Context, storage.DocumentID) (left int64, err error)
	Log     *slog.Logger // nil: none
	Runtime Runtime      // nil: a System of its own
}

// Hub serves the documents of one node. Its parts do the work.
type Hub struct {
	cfg         Config
	node        *Node
	protocol    Protocol
	system      *System      // the Runtime, if it is the hub's own
	order       order.Limits // of documents' Sequencers
	registry    registry
	connections connections
	committer   committer
	timelines   timelines
	roles       roles
	endings     endings
	reading     budget.Shares // bytes of encoded snapshots that are kept or being sent
	sweeps      ticker
	stop        context.CancelFunc // of node.ctx
	draining    atomic.Bool
}

// NewHub returns a hub over an open store. It asks the store for its epoch (L9), and so may block.
func NewHub(cfg Config) (*Hub, error) {
	h := &Hub{cfg: cfg}
	if h.cfg.Bus == nil {
		h.cfg.Bus = Alone{}
	}
	if h.cfg.Runtime == nil {
		h.system = &System{}
		h.cfg.Runtime = h.system
	}
	n, stop := newNode(&h.cfg)
	h.node, h.stop, h.order, h.protocol = n, stop, n.limits.order(), newProtocol(&cfg, &n.limits)
	h.reading.Limit, h.reading.Alone = n.limits.SnapshotReads, true
	h.registry = registry{node: n, begin: h.newDocument, documents: map[storage.DocumentID]*document{}}
	h.registry.places.Limit, h.registry.places.Single = int64(n.limits.Documents), max(int64(n.limits.Documents)/8, 1)
	h.registry.absent.Limit = int64(n.limits.Documents)
	h.registry.memory.Limit, h.registry.memory.Soft = n.limits.DocumentsSize, true
	h.committer.node, h.committer.turn = n, n.counted(h.committer.run)
	h.roles.node = n
	h.endings.hub = h
	h.timelines.node = n
	h.timelines.replaced = func(timeline int64) {
		h.connections.close(wire.CloseResync, backInTime, func(c Connection) bool { return c.Timeline() < timeline })
	}
	h.timelines.compare = func() { h.registry.tellAll(call((*document).compareWithLog)) }
	ctx, cancel := n.timeout(n.ctx)
	defer cancel()
	if err := h.timelines.begin(ctx); err != nil {
		h.stop()
		return nil, err
	}
	h.sweeps.start(n.rt, sweepEvery, h.sweep)
	return h, nil
}

// acquire returns the document of an id with a reference, and has holds hold a place for it in a person's share. If it is not live it
// starts loading. Errors: ErrDraining, ErrOverloaded.
func (h *Hub) acquire(id storage.DocumentID, person storage.UserID, holds *budget.Owner) (*document, error) {
	if h.draining.Load() {
		return nil, ErrDraining
	}
	return h.registry.acquire(id, person, holds)
}

// Join adds a session, which is told of what concerns its user until it has Left. While the hub drains, the session is closed at once.
func (h *Hub) Join(c Connection) {
	h.connections.add(c)
	if h.draining.Load() {
		c.Close(wire.CloseRestarting, restarting)
	}
}

// Left removes a session.
func (h *Hub) Left(c Connection) { h.connections.remove(c) }

// Node returns what a session shares with the hub's parts.
func (h *Hub) Node() *Node { return h.node }

// Reading returns a person's share of the memory for what is being read.
func (h *Hub) Reading(person storage.UserID) budget.Share { return h.reading.Of(string(person)) }

// Proof is the sign-in that a session was opened with.
type Proof struct {
	SignIn string
	User   storage.UserID
}

// Proofs returns the sign-ins of the sessions that joined after number after, each once, and the number of the newest session: the
// argument of the next call. For callers that check whether sign-ins are still valid.
func (h *Hub) Proofs(after uint64) (proofs []Proof, newest uint64) {
	newer, newest := h.connections.after(after)
	seen := map[Proof]bool{}
	for _, c := range newer {
		who := c.Identity()
		p := Proof{who.SignIn, who.User}
		if p.SignIn != "" && !seen[p] {
			seen[p] = true
			proofs = append(proofs, p)
		}
	}
	return proofs, newest
}

// Documents returns the ids of the live documents.
func (h *Hub) Documents() []storage.DocumentID {
	return h.registry.ids()
}

const restarting = "the server is about to restart"

// Draining reports whether the node is stopping. Then it accepts nothing more.
func (h *Hub) Draining() bool { return h.draining.Load() }

// Drain ends service for a restart: every session is told and closed with 4000, pending ops are committed, changed documents get a
// snapshot. Afterwards everything is refused. It returns early when ctx is done.
func (h *Hub) Drain(ctx context.Context) error {
	h.draining.Store(true)
	for _, s := range h.connections.all() {
		s.Farewell()
	}
	err := h.registry.awaitIdle(ctx) // so that what is on its way is still acknowledged
	h.connections.close(wire.CloseRestarting, restarting, func(Connection) bool { return true })
	if err != nil {
		return err
	}
	for range 2 { // the first may have found a snapshot of less under way
		h.registry.tellAll(call((*document).saveIfChanged))
		if err := h.registry.awaitIdle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Close ends all sessions and documents at once and waits for the hub's goroutines. Call it after Drain and before closing the store.
func (h *Hub) Close() {
	h.draining.Store(true)
	for _, s := range h.connections.all() {
		s.Close(wire.CloseRestarting, restarting)
		s.Leave()
	}
	h.stop()
	h.sweeps.stop()
	h.node.tasks.Wait()
	h.registry.letGoAll()
	if h.system != nil {
		h.system.Close()
	}
}
