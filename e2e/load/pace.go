package load

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"time"
)

// beat is the time at which a writer's next key is due.
type beat struct {
	writer *writer
	due    time.Duration
}

// pace lets each writer press a key once per period, at its own time within the period, until ctx or the window ends. Keys are due
// whatever the server does; press decides whether to send or collect them.
func (r *run) pace(ctx context.Context, writers []*writer) {
	period := r.period()
	rng := rand.New(rand.NewPCG(uint64(r.cfg.Seed), 1))
	start := r.now()
	beats := make([]beat, len(writers))
	for i, w := range writers {
		beats[i] = beat{w, start + time.Duration(rng.Int64N(int64(period)))}
	}
	slices.SortFunc(beats, func(a, b beat) int { return cmp.Compare(a.due, b.due) }) // stays sorted: the period is the same for all
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

// rest waits until a time on the run's clock. Go's timers may be a millisecond late, which would count as the server's latency, so
// it leaves the last part of the wait to the kernel.
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
