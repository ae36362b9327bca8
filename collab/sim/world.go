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

// Options are the parameters of a run. Everything else comes from the seed.
type Options struct {
	Seed uint64
	Ops  int          // acknowledged ops to reach
	Log  *slog.Logger // the engine's; nil: none
}

// Result says what happened in a run.
type Result struct {
	Steps, Acked, Committed, Cuts, Crashes, Doubles, Rewinds int
	Roles, GuestOps, GuestFrames                             int    // guests' role changes, ops given to the store, and frames pulled
	Trace                                                    uint64 // hash of everything that happened: equal for equal seeds
}

// world is one run.
type world struct {
	rand      *rand.Rand
	s         *scheduler
	mem       *memory.Store
	faulty    *storagetest.Faulty
	slow      *slowStore
	log       *slog.Logger
	hubs      []*collab.Hub
	nodes     []int // of each hub: the number of its current run, which owns its tasks
	lives     int   // runs of nodes so far
	clients   []*client
	guests    []*guest
	heard     []storage.Event // of the last change made in mem
	conns     []*conn         // whose sessions have not left
	docs      []*observed
	restCalls []*restCall
	tokens    bool            // edits are whole tokens, so that they can be found again (P5)
	token     int             // the last token's number
	deleted   map[string]bool // tokens that a user has deleted in some copy
	step      int
	quiet     bool // healing: new connections go to the first node
	result    Result
	err       error
}

// observed is a document's log, read from the store after every step.
type observed struct {
	id        storage.DocumentID
	ops       []storage.Op
	content   []delta.Delta    // by revision: the log replayed up to it
	place     map[sent]int     // revision of each op
	last      map[string]int64 // seq of each client's last op
	acked     map[string]int   // revision of each acknowledged token's op
	lostTails []lostTail       // ends of the log that were lost
}

// lostTail is the end of a log that a failover lost.
type lostTail struct {
	from    int
	ops     []storage.Op
	content []delta.Delta // content after each op
}

type sent struct {
	client string
	seq    int64
}

// restCall is an op sent over REST, until its outcome is known.
type restCall struct {
	doc      storage.DocumentID
	s        collab.Submission
	inFlight bool // a request is under way
	node     int  // the node that handles it
	old      bool // it was made for a log that went back since
}

// Run simulates until o.Ops ops are acknowledged, and then until nothing moves. The error names the promise that was broken.
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
		w.leaveAll()
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
	w.mem.Hear(func(told []storage.Event) { w.heard = append(w.heard, told...) })
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

// limits returns small limits, so that every path for what exceeds them is taken often.
func limits() collab.Limits {
	return collab.Limits{
		RecentOps: 12, FeedBytes: 1500, PageBytes: 400, SnapshotOps: 15, TransformSteps: 60, CommitOps: 6, PendingOps: 200,
		Outstanding: 64, EvictIdle: 3 * time.Second, SnapshotIdle: time.Second, HeavyTasks: 2, ReplyBytes: 64 << 10,
	}
}

// start starts a node.
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
	w.follow(hub, w.newestEvent())
	w.s.node = 0
}

// follow has a node look for a failover, and for events after a number, twice a second, as the server does.
func (w *world) follow(hub *collab.Hub, after int64) {
	w.s.After(500*time.Millisecond, func() {
		if err := hub.Follow(context.Background()); err != nil {
			w.note("follow %v", err)
		}
		told, newest, err := w.mem.Events(context.Background(), after, 1000)
		if err != nil || newest != after+int64(len(told)) {
			w.fail("events after %d: %d of %d, %v", after, len(told), newest, err)
		}
		apply(hub, told)
		w.follow(hub, newest)
	})
}

func apply(hub *collab.Hub, told []storage.Event) {
	for _, e := range told {
		hub.Apply(e)
	}
}

// newestEvent returns the number of the newest event.
func (w *world) newestEvent() int64 {
	_, newest, err := w.mem.Events(context.Background(), 0, 0)
	if err != nil {
		w.fail("events: %v", err)
	}
	return newest
}

func (w *world) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// note adds an event to the trace.
func (w *world) note(format string, args ...any) {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d ", w.result.Trace, w.step)
	fmt.Fprintf(h, format, args...)
	w.result.Trace = h.Sum64()
}

// act does one random step and then checks the promises.
func (w *world) act() {
	w.step++
	c := w.clients[w.rand.IntN(len(w.clients))]
	switch roll := w.rand.IntN(1000); {
	case roll < 480:
		if !w.s.step() {
			w.advance()
		}
	case roll < 640:
		w.deliverDown()
	case roll < 760:
		w.edit(c)
	case roll < 880:
		w.deliverUp()
	case roll < 960:
		w.pull()
	case roll < 975:
		w.s.pass(time.Duration(w.rand.IntN(30)) * time.Millisecond)
	case roll < 985:
		w.connect(c)
	case roll < 990:
		w.cut(c)
	case roll < 994:
		w.resend(c)
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

// advance advances time to the next timer, at least by a millisecond.
func (w *world) advance() {
	if len(w.s.timers) == 0 {
		w.s.pass(time.Millisecond)
		return
	}
	next := slices.MinFunc(w.s.timers, func(a, b *timer) int { return a.at.Compare(b.at) })
	d := next.at.Sub(w.s.now)
	for _, t := range w.s.tasks {
		if t.ready != nil { // a task may be in a pause, which has no timer: not too far
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
