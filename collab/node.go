package collab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"quire/collab/budget"
	"quire/collab/wire"
	"quire/storage"
)

// Node is what all parts of one hub and its sessions work with: the store, time and goroutines, and the bounds. Its methods may be
// called from any goroutine.
type Node struct {
	store  Log
	rt     Runtime
	log    *slog.Logger
	limits Limits
	ctx    context.Context // ends with Hub.Close
	heavy  budget.Places   // of tasks that take much processor time or memory
	longs  budget.Shares   // bytes of ops that long transforms are due for, or under way
	tasks  sync.WaitGroup
}

// newNode returns a node, and what ends its context.
func newNode(cfg *Config) (n *Node, stop context.CancelFunc) {
	n = &Node{store: cfg.Store, rt: cfg.Runtime, log: cfg.Log, limits: cfg.Limits.orDefault()}
	if n.log == nil {
		n.log = slog.New(slog.DiscardHandler)
	}
	n.heavy.Limit, n.heavy.Waiting = n.limits.HeavyTasks, n.limits.HeavyWaiting
	n.longs.Limit = n.limits.LongBytes
	n.ctx, stop = context.WithCancel(context.WithValue(context.Background(), nodeKey{}, n))
	return n, stop
}

// Limits returns the limits, with zeros replaced by defaults. They must not be changed.
func (n *Node) Limits() *Limits { return &n.limits }

// Runtime returns where goroutines and time come from.
func (n *Node) Runtime() Runtime { return n.rt }

// Context returns a context that ends with Hub.Close.
func (n *Node) Context() context.Context { return n.ctx }

// LogClosed logs a session's end.
func (n *Node) LogClosed(user storage.UserID, code wire.CloseCode, reason string) {
	n.log.Info("session closed", "user", user, "code", int(code), "reason", reason)
}

// Task runs f in a goroutine that Hub.Close waits for.
func (n *Node) Task(f func()) { n.start(n.counted(f)) }

// counted and start are the two halves of Task. What is run often is wrapped by counted once, so that starting it allocates nothing.
func (n *Node) counted(f func()) func() {
	return func() {
		defer n.tasks.Done()
		f()
	}
}

func (n *Node) start(counted func()) {
	n.tasks.Add(1)
	n.rt.Go(counted)
}

// soon is start for a function that never blocks.
func (n *Node) soon(counted func()) {
	n.tasks.Add(1)
	n.rt.Soon(counted)
}

// Queue gets in line for one of the few heavy tasks of the node, which all persons do in turn. It blocks while too many of this
// person's wait already, or until ctx ends (its error). The caller enters the turn before the task, and leaves it in any case.
func (n *Node) Queue(ctx context.Context, person storage.UserID) (*budget.Turn, error) {
	return n.heavy.Join(ctx, string(person), n.rt.Wait)
}

// TooLong reports whether a person has more than their share of the ops that long transforms are due for.
func (n *Node) TooLong(person storage.UserID) bool { return n.longs.Of(string(person)).Full() }

// limited runs f as a heavy task of a person ("": of the node itself), with a context that ends with the caller's or the hub. It returns
// ErrUnavailable or ErrDraining if that context ended first.
func (n *Node) limited(caller context.Context, person storage.UserID, f func(context.Context)) error {
	ctx, cancel := n.within(caller)
	defer cancel()
	turn, err := n.Queue(ctx, person)
	if err == nil {
		defer turn.Leave()
		err = cmp.Or(turn.Enter(ctx, n.rt.Wait), caller.Err())
	}
	switch {
	case err == nil:
		f(ctx)
		return nil
	case n.ctx.Err() != nil:
		return ErrDraining
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

type nodeKey struct{}

// within returns a context that ends with ctx, and with the node.
func (n *Node) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Value(nodeKey{}) == n {
		return ctx, func() {}
	}
	both, cancel := context.WithCancel(n.ctx)
	stop := context.AfterFunc(ctx, cancel)
	return both, func() { stop(); cancel() }
}

// timeout returns a context for one call of the store (W7).
func (n *Node) timeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, n.limits.StoreWait)
}

// Retry calls f until it succeeds, fails for good, or begun is longer ago than a request waits for the store (W7). It blocks.
func (n *Node) Retry(begun time.Time, f func() error) error {
	pause := firstPause
	for {
		err := f()
		switch {
		case err == nil, errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrDeleted),
			errors.Is(err, storage.ErrAhead), errors.Is(err, storage.ErrDamaged), errors.Is(err, context.Canceled), n.ctx.Err() != nil:
			return err
		case n.rt.Now().Sub(begun) >= n.limits.StoreWait:
			return err
		}
		if err := Sleep(n.ctx, n.rt, pause); err != nil {
			return err
		}
		pause = nextPause(pause)
	}
}

// The pauses between attempts at the store grow from the first to the longest.
const (
	firstPause = 20 * time.Millisecond
	longPause  = time.Second
)

func nextPause(last time.Duration) time.Duration { return min(max(2*last, firstPause), longPause) }
