package collab

import (
	"context"
	"time"
)

// Runtime is where the engine takes goroutines and time from. The simulation has one of its own that runs the same code
// step by step from a seed.
type Runtime interface {
	Now() time.Time
	// Go starts task, which ends by itself.
	Go(task func())
	// After runs f in a task of its own after d, unless stop is called before.
	After(d time.Duration, f func()) (stop func())
	// Wait blocks the calling task until done is closed (nil) or ctx is (its error).
	Wait(ctx context.Context, done <-chan struct{}) error
}

// System is the Runtime of a real process.
type System struct{}

func (System) Now() time.Time { return time.Now() }

func (System) Go(task func()) { go task() }

func (System) After(d time.Duration, f func()) (stop func()) {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

func (System) Wait(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// sleep blocks the calling task for d.
func sleep(ctx context.Context, rt Runtime, d time.Duration) error {
	done := make(chan struct{})
	stop := rt.After(d, func() { close(done) })
	defer stop()
	return rt.Wait(ctx, done)
}
