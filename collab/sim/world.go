package sim

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/sealed"
	"quire/storage/storagetest"
)

// Options is what a run is made of. Everything else comes from the seed.
type Options struct {
	Seed uint64
	Ops  int          // acknowledged ops to reach
	Log  *slog.Logger // of the engine; nil: none
}

// Result tells what a run did.
type Result struct {
	Steps, Acked, Committed, Cuts, Crashes, Doubles, Rewinds int
	Roles, GuestOps, GuestFrames                             int    // changes of guests' roles; ops of theirs given to the store; frames of documents shown to them
	Trace                                                    uint64 // of everything that happened: equal for equal seeds
}

// world is one run.
type world struct {
	rand    *rand.Rand
	s       *scheduler
	mem     *memory.Store
	faulty  *storagetest.Faulty
	slow    *slowStore
	log     *slog.Logger
	hubs    []*collab.Hub
	nodes   []int // of hubs: what is started in their life
	lives   int
	clients []*client
	guests  []*guest
	lines   []*line // not left yet
	docs    []*observed
	rests   []*rest
	tokens  bool // edits are whole tokens, so that they can be found again (P5)
	token   int
	deleted map[string]bool // tokens that somebody meant to delete
	step    int
	quiet   bool
	result  Result
	err     error
}

// observed is a document's log as an outsider reads it, right after every step.
type observed struct {
	id      storage.DocumentID
	ops     []storage.Op
	content []delta.Delta // by revision: the fold
	place   map[sent]int
	last    map[string]int64 // seq of each client's last op
	acked   map[string]int   // tokens acknowledged, by the revision of their op
	pasts   []past           // what was lost
}

// past is the end of a log that a failover lost.
type past struct {
	from    int
	ops     []storage.Op
	content []delta.Delta // of the revisions after each
}

type sent struct {
	client string
	seq    int64
}

// rest is an op sent over REST until its fate is known.
type rest struct {
	doc   storage.DocumentID
	s     collab.Submission
	under bool
	node  int  // that has it
	old   bool // it speaks of a history that may be lost
}

// Run simulates until so many ops are acknowledged and then until all is quiet. The error names the promise that broke.
func Run(o Options) (Result, error) {
	w := newWorld(o)
	for w.result.Acked < o.Ops && w.err == nil {
		w.act()
		if w.step > 200*o.Ops+20_000 {
			w.fail("liveness: %d of %d ops acknowledged after %d steps", w.result.Acked, o.Ops, w.step)
		}
	}
	if w.err == nil {
		w.heal()
	}
	if w.err == nil {
		w.disperse()
	}
	if w.err == nil {
		w.compare()
	}
	w.end()
	w.result.Steps = w.step
	if w.err != nil {
		w.err = fmt.Errorf("seed %d, step %d: %w", o.Seed, w.step, w.err)
	}
	return w.result, w.err
}

func newWorld(o Options) *world {
	r := rand.New(rand.NewPCG(o.Seed, 7))
	w := &world{rand: r, s: newScheduler(r), mem: memory.New(), log: o.Log, tokens: o.Seed%2 == 0, deleted: map[string]bool{}}
	w.faulty = storagetest.NewFaulty(w.mem, nil)
	w.slow = &slowStore{Log: w.faulty, s: w.s, rand: r, appending: w.checkAppended}
	nodes := 1
	if o.Seed%4 >= 2 {
		nodes = 2
	}
	for range nodes {
		w.hubs, w.nodes = append(w.hubs, nil), append(w.nodes, 0)
	}
	for i := range w.hubs {
		w.start(i)
	}
	for i := range 1 + r.IntN(3) {
		w.newDocument(storage.DocumentID(fmt.Sprintf("d%d", i)))
	}
	for i := range 2 + r.IntN(5) {
		c := &client{w: w, number: i, user: collab.Identity{User: storage.UserID(fmt.Sprintf("u%d", i))}}
		for _, d := range w.docs {
			c.replicas = append(c.replicas, &replica{c: c, doc: d.id, version: -1, wants: true})
		}
		w.clients = append(w.clients, c)
	}
	for i := range 2 {
		w.newGuest(i)
	}
	w.faulty.SetPlan(storagetest.Seeded(o.Seed, 0.03))
	return w
}

func (w *world) newDocument(id storage.DocumentID) {
	ctx := context.Background()
	create := wire.Body{Kind: wire.Create, Delta: delta.FromText("begun\n")}
	op := storage.Op{Client: "made", Seq: 1, Author: "u0", At: w.s.now, Body: wire.AppendBody(nil, create)}
	info := storage.Document{ID: id, Owner: "u0", CreatedAt: w.s.now}
	if err := w.mem.CreateDocument(ctx, info, []storage.Op{op}); err != nil {
		w.fail("create: %v", err)
	}
	for i := 1; i < 8; i++ {
		g := storage.Grant{Document: id, User: storage.UserID(fmt.Sprintf("u%d", i)), Role: access.Editor.String(), CreatedAt: w.s.now}
		if _, err := w.mem.SetGrant(ctx, g, ""); err != nil {
			w.fail("grant: %v", err)
		}
	}
	w.docs = append(w.docs, &observed{
		id: id, content: []delta.Delta{{}}, place: map[sent]int{}, last: map[string]int64{}, acked: map[string]int{},
	})
}

// limits are small, so that every path for what does not fit is taken often.
func limits() collab.Limits {
	return collab.Limits{
		RecentOps: 12, FeedBytes: 1500, PageBytes: 400, SnapshotOps: 15, TransformSteps: 60, CommitOps: 6, PendingOps: 200,
		Outstanding: 64, EvictIdle: 3 * time.Second, SnapshotIdle: time.Second, HeavyTasks: 2, ReplyBytes: 64 << 10,
	}
}

// start begins a node's life.
func (w *world) start(i int) {
	w.lives++
	w.nodes[i] = w.lives
	w.s.node = w.lives
	cfg := collab.Config{
		Store: w.slow, Secret: sealed.Of("simulated"), Build: "sim", Limits: limits(), Runtime: w.s, Log: w.log,
	}
	if !w.tokens {
		table, err := wire.Formats()
		if err != nil {
			w.fail("formats: %v", err)
		}
		cfg.Formats = table
	}
	hub, err := collab.NewHub(cfg)
	for errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storagetest.ErrBroken) {
		hub, err = collab.NewHub(cfg)
	}
	if err != nil {
		w.fail("hub: %v", err)
	}
	w.hubs[i] = hub
	w.follow(hub)
	w.s.node = 0
}

// follow has a node look for a failover twice a second, as the server does.
func (w *world) follow(hub *collab.Hub) {
	w.s.After(500*time.Millisecond, func() {
		if err := hub.Follow(context.Background()); err != nil {
			w.note("follow %v", err)
		}
		w.follow(hub)
	})
}

func (w *world) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// note makes something part of the trace.
func (w *world) note(format string, args ...any) {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d ", w.result.Trace, w.step)
	fmt.Fprintf(h, format, args...)
	w.result.Trace = h.Sum64()
}

// act does one step, whatever it is, and then looks at the promises.
func (w *world) act() {
	w.step++
	c := w.clients[w.rand.IntN(len(w.clients))]
	switch roll := w.rand.IntN(1000); {
	case roll < 480:
		if !w.s.step() {
			w.advance()
		}
	case roll < 640:
		w.deliver()
	case roll < 760:
		w.edit(c)
	case roll < 880:
		w.moveUp()
	case roll < 960:
		w.pull()
	case roll < 975:
		w.s.pass(time.Duration(w.rand.IntN(30)) * time.Millisecond)
	case roll < 985:
		w.connect(c)
	case roll < 990:
		w.cut(c)
	case roll < 994:
		w.twice(c)
	case roll < 996:
		w.resubscribe(c)
	case roll < 998:
		w.submitRest(c)
	case roll < 999:
		w.elsewhere()
	default:
		switch w.rand.IntN(16) {
		case 0, 1:
			w.crash()
		case 2, 3:
			w.failOver()
		}
	}
	if w.rand.IntN(25) == 0 {
		w.visit()
	}
	w.notice()
	w.observe()
}

// advance lets time go on to what is due next.
func (w *world) advance() {
	if len(w.s.timers) == 0 {
		w.s.pass(time.Millisecond)
		return
	}
	next := slices.MinFunc(w.s.timers, func(a, b *timer) int { return a.at.Compare(b.at) })
	d := next.at.Sub(w.s.now)
	for _, t := range w.s.tasks {
		if t.ready != nil { // somebody pauses: not far
			d = min(d, 50*time.Millisecond)
		}
	}
	w.s.pass(max(d, time.Millisecond))
}

// end stops the nodes.
func (w *world) end() {
	for i, node := range w.nodes {
		w.s.crash(node)
		w.hubs[i] = nil
	}
	w.s.crash(0)
	w.s.close()
}
