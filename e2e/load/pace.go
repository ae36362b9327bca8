package load

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"time"
)

// beat is when a writer's next key falls due.
type beat struct {
	writer *writer
	due    time.Duration
}

// pace lets each writer press a key once a period, each at a time of its own within it, until ctx or the window ends. The
// keys fall due whatever the server does; press knows what to do with them.
func (r *run) pace(ctx context.Context, writers []*writer) {
	period := r.period()
	rng := rand.New(rand.NewPCG(uint64(r.cfg.Seed), 1))
	start := r.now()
	beats := make([]beat, len(writers))
	for i, w := range writers {
		beats[i] = beat{w, start + time.Duration(rng.Int64N(int64(period)))}
	}
	slices.SortFunc(beats, func(a, b beat) int { return cmp.Compare(a.due, b.due) }) // and so they stay: all have one period
	for {
		for i := range beats {
			b := &beats[i]
			r.rest(ctx, b.due)
			if ctx.Err() != nil || b.due >= time.Duration(r.window.end.Load()) {
				return
			}
			if r.window.holds(b.due) {
				r.late.add(r.now() - b.due)
			}
			if err := b.writer.press(b.due); err != nil {
				b.writer.fail(err)
			}
			b.due += period
		}
	}
}

// rest waits for a time on the run's clock. A timer of Go's may be a millisecond late, which would count as the server's
// latency, so the end of the wait is left to the kernel.
func (r *run) rest(ctx context.Context, until time.Duration) {
	const rough = 5 * time.Millisecond
	ahead := until - r.now()
	if ahead > 2*rough {
		r.until(ctx, until-rough)
		ahead = until - r.now()
	}
	if ahead > 0 && ctx.Err() == nil {
		r.sleep(ahead)
	}
}
