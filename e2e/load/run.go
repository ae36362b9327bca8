package load

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	setupSockets = 8  // sockets that create the documents, and read them at the end
	connecting   = 32 // sockets that are opened concurrently
	settleWithin = time.Minute
	checkWithin  = 10 * time.Minute
	look         = 5 * time.Millisecond // between checks for whether everything has arrived
)

// run is one run of the generator.
type run struct {
	cfg      Config
	target   target
	began    time.Time
	name     string // prefix of its documents' ids
	first    first
	trace    *trace // nil: writers type at random
	docs     []*document
	window   window
	failures failures
	log      *progress
	opened   atomic.Int64        // connections so far: numbers them
	sleep    func(time.Duration) // precisely
	late     histogram           // of keys that the generator pressed after they were due
	wg       sync.WaitGroup
	patience time.Duration // how long to wait for what should have arrived
	watchdog *time.Timer
}

// now returns the time on the run's clock.
func (r *run) now() time.Duration { return time.Since(r.began) }

// Run does what cfg says. With an error, the result still holds what was measured before. When ctx ends, typing ends early and the
// checks are made as usual.
func Run(ctx context.Context, cfg Config) (Result, error) {
	r, err := newRun(cfg.narrow())
	if err != nil {
		return Result{}, err
	}
	defer r.close()
	return r.all(ctx)
}

// newRun checks cfg and prepares a run, without connecting.
func newRun(cfg Config) (*run, error) {
	r := &run{
		cfg: cfg, began: time.Now(), log: &progress{to: cfg.Progress}, sleep: precisely, patience: settleWithin,
		name: prefix + strings.ToLower(rand.Text()[:8]), first: newFirst(cfg.Text, cfg.Runs),
	}
	err := cfg.check()
	if err == nil {
		r.target, err = newTarget(cfg, r.now)
	}
	if err == nil {
		err = checkLimits(cfg, r.target)
	}
	if err == nil && cfg.Trace != "" {
		if r.trace, err = readTrace(cfg.Trace); err == nil {
			r.first = r.trace.first()
		}
	}
	if err != nil {
		return nil, err
	}
	for i := range cfg.Documents {
		d := &document{number: i, id: fmt.Sprintf("%s-%d", r.name, i)}
		d.authors.Store(&map[string]*timings{})
		r.docs = append(r.docs, d)
	}
	return r, nil
}

// all does the run: documents, connections, typing, waiting, check.
func (r *run) all(ctx context.Context) (Result, error) {
	for _, note := range maybeLimits(r.cfg, r.target) {
		r.log.say("note: %s", note)
	}
	before := sample(r.cfg)
	var cost idleCost
	var err error
	if r.cfg.Idle > 0 {
		cost, err = r.idle(ctx)
	} else {
		err = r.people(ctx)
	}
	if err != nil {
		return Result{}, err
	}
	m := r.measure(ctx)
	r.settle()
	r.close()
	checked := !r.failures.any() && r.check()
	return r.result(before, m, cost, checked), errors.Join(r.failures.all()...)
}

// people prepares the documents and connects writers and readers.
func (r *run) people(ctx context.Context) error {
	r.log.say("preparing %d documents", len(r.docs))
	setup, err := r.prepare(ctx, false)
	for _, s := range setup {
		s.nc.Close()
	}
	if err != nil {
		return err
	}
	var all []joining
	for _, d := range r.docs {
		for i := range r.cfg.Writers {
			d.writers = append(d.writers, r.newWriter(d, i))
		}
		for i := range r.cfg.Readers {
			all = append(all, r.newReader(d, fmt.Sprintf("reader %d", i)))
		}
		if r.cfg.Shadow {
			all = append(all, r.newShadow(d))
		}
	}
	all = append(all, r.allWriters()...)
	r.log.say("opening %d connections", len(all))
	return r.connect(ctx, all)
}

// prepare creates the documents and returns the connections it used; with keep they subscribe to the documents they created.
func (r *run) prepare(ctx context.Context, keep bool) ([]*socket, error) {
	var mu sync.Mutex
	var used []*socket
	err := r.share(ctx, setupSockets, len(r.docs), func(ctx context.Context, next func() (int, bool)) error {
		s, client, err := r.open(ctx)
		if err != nil {
			return err
		}
		mu.Lock()
		used = append(used, s)
		mu.Unlock()
		seq := int64(0)
		for i, ok := next(); ok; i, ok = next() {
			d := r.docs[i]
			if d.revision, err = s.create(d.id, r.first, client, &seq); err != nil {
				return err
			}
			if keep {
				if _, err := s.read("s", d.id, false); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return used, err
}

func (r *run) open(ctx context.Context) (*socket, string, error) {
	return r.target.open(ctx, int(r.opened.Add(1)-1))
}

// share lets several goroutines work on n items; next hands each item to one of them. It stops at the first error.
func (r *run) share(ctx context.Context, workers, n int, work func(context.Context, func() (int, bool)) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var handed atomic.Int64
	next := func() (int, bool) {
		i := int(handed.Add(1) - 1)
		return i, i < n && ctx.Err() == nil
	}
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			if err := work(ctx, next); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// period returns the time between two keys of one writer; 0 in a closed loop.
func (r *run) period() time.Duration {
	if r.cfg.Keys == 0 {
		return 0
	}
	return time.Duration(float64(time.Second) / r.cfg.Keys)
}

// writers returns all writers.
func (r *run) writers() []*writer {
	var all []*writer
	for _, d := range r.docs {
		all = append(all, d.writers...)
	}
	return all
}

// hangUp ends all connections.
func (r *run) hangUp() {
	r.failures.stop()
	for _, d := range r.docs {
		for _, f := range d.followers() {
			if f.socket != nil {
				f.socket.nc.Close()
			}
		}
	}
}

// close ends all connections and waits for their goroutines.
func (r *run) close() {
	if r.watchdog != nil {
		r.watchdog.Stop()
	}
	r.hangUp()
	r.wg.Wait()
}
