package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// measured is a run's window and what the processes used at its start and end.
type measured struct {
	began, ended time.Duration
	from, to     usage
	interrupted  bool
}

// measure lets the writers type, through the warm-up and the window.
func (r *run) measure(ctx context.Context) measured {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	begin := r.now()
	if !r.counted() {
		begin += r.cfg.Warmup
	}
	r.window.begin = begin
	r.window.end.Store(int64(begin + r.cfg.Measure))
	limit := r.cfg.Warmup + r.cfg.Measure
	if r.counted() {
		limit = longest
		r.window.end.Store(math.MaxInt64)
	}
	r.watchdog = time.AfterFunc(limit+2*r.patience, r.giveUp)
	m := measured{began: begin}
	typed := make(chan struct{})
	go func() {
		defer close(typed)
		r.typeAll(ctx)
	}()
	r.until(ctx, begin)
	m.from = sample(r.cfg)
	r.watch(ctx)
	m.interrupted = ctx.Err() != nil
	if r.counted() { // so that every op is counted wherever it arrives
		r.stopTyping()
		r.settle()
	}
	r.window.close(r.now())
	m.to = sample(r.cfg)
	m.ended = time.Duration(r.window.end.Load())
	r.stopTyping()
	cancel()
	<-typed
	return m
}

// giveUp disconnects, for writers that are stuck because the server reads no more.
func (r *run) giveUp() {
	r.failures.add(errors.New("the server takes nothing more"))
	r.hangUp()
}

func (r *run) stopTyping() {
	r.watchdog.Reset(2 * r.patience)
	for _, w := range r.writers() {
		w.stop()
	}
}

// counted reports whether the run ends after a number of ops rather than after a time.
func (r *run) counted() bool { return r.cfg.Ops > 0 || r.cfg.Trace != "" || r.cfg.Idle > 0 }

// typeAll starts the closed loops, or types by the clock until ctx or the window ends.
func (r *run) typeAll(ctx context.Context) {
	writers := r.writers()
	if r.cfg.Keys > 0 {
		r.pace(ctx, writers)
		return
	}
	for _, w := range writers {
		if err := w.start(); err != nil {
			w.fail(err)
		}
	}
}

// until waits for a time on the run's clock.
func (r *run) until(ctx context.Context, t time.Duration) {
	timer := time.NewTimer(t - r.now())
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// watch waits for the end of the window and reports progress every second. A counted run also ends when nothing was acknowledged
// for r.patience.
func (r *run) watch(ctx context.Context) {
	begun := r.now()
	limit := r.window.begin + r.cfg.Measure
	if r.counted() {
		limit = r.window.begin + longest
	}
	told, tell := int64(0), begun+time.Second
	seen, moved := int64(0), begun
	for now := begun; now < limit && ctx.Err() == nil && !r.failures.any(); now = r.now() {
		ops, deliveries := r.counts()
		if ops != seen {
			seen, moved = ops, now
		}
		if r.counted() && (r.finished() || now-moved > r.patience) {
			return
		}
		if now >= tell {
			r.log.say("%3.0f s: %d ops/s, %d deliveries so far", (now - begun).Seconds(), ops-told, deliveries)
			told, tell = ops, tell+time.Second
		}
		step := min(tell, limit)
		if r.counted() {
			step = min(step, now+look)
		}
		r.until(ctx, step)
	}
}

func (r *run) finished() bool {
	return !slices.ContainsFunc(r.writers(), func(w *writer) bool { return !w.finished() })
}

// counts returns the ops acknowledged and the deliveries within the window so far.
func (r *run) counts() (ops, deliveries int64) {
	for _, d := range r.docs {
		for _, w := range d.writers {
			ops += w.opsAcked.Load()
			deliveries += w.deliveries.Load()
		}
		for _, reader := range d.readers {
			deliveries += reader.deliveries.Load()
		}
	}
	return ops, deliveries
}

// settle waits until every op is acknowledged and every connection has received every op.
func (r *run) settle() {
	ctx, cancel := context.WithTimeout(context.Background(), r.patience)
	defer cancel()
	for !r.failures.any() {
		late := r.unsettled()
		if late == nil {
			return
		}
		if ctx.Err() != nil {
			r.failures.add(late)
			return
		}
		r.until(ctx, r.now()+look)
	}
}

// unsettled returns an error that names the first connection that waits for something; nil if there is none.
func (r *run) unsettled() error {
	for _, d := range r.docs {
		end := d.revision
		for _, w := range d.writers {
			ops, ok := w.settled()
			if !ok {
				return fmt.Errorf("%s of %s: op %d was not acknowledged within %v", w.name, d.id, ops+1, r.patience)
			}
			end += ops
		}
		for _, f := range d.followers() {
			if at := f.revision.Load(); at < end {
				return fmt.Errorf("%s of %s: is at revision %d of %d, %v after the last op",
					f.name, d.id, at, end, r.patience)
			}
		}
	}
	return nil
}
