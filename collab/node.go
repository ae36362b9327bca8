package collab

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"quire/storage"
)

// node is what all parts of one hub work with: the store, time and goroutines, and the bounds. Its fields never change.
type node struct {
	store   Log
	rt      Runtime
	log     *slog.Logger
	limits  Limits
	ctx     context.Context // ends with Hub.Close
	limiter limiter         // of heavy tasks
	tasks   sync.WaitGroup
}

// task runs f in a goroutine that Hub.Close waits for.
func (n *node) task(f func()) { n.start(n.counted(f)) }

// counted and start are the two halves of task. What is run often is wrapped by counted once, so that starting it allocates nothing.
func (n *node) counted(f func()) func() {
	return func() {
		defer n.tasks.Done()
		f()
	}
}

func (n *node) start(counted func()) {
	n.tasks.Add(1)
	n.rt.Go(counted)
}

// soon is start for a function that never blocks.
func (n *node) soon(counted func()) {
	n.tasks.Add(1)
	n.rt.Soon(counted)
}

// limited runs f as one of the few heavy tasks of the node, when its turn has come. It reports false if the hub was closed first.
func (n *node) limited(f func()) bool {
	if n.limiter.enter(n.ctx, n.rt) != nil {
		return false
	}
	defer n.limiter.leave()
	f()
	return true
}

// timeout bounds a question to the store by what a request waits for it (W7).
func (n *node) timeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, n.limits.StoreWait)
}

// retry calls f until it succeeds, fails for good, or begun is longer ago than a request waits for the store (W7).
func (n *node) retry(begun time.Time, f func() error) error {
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
