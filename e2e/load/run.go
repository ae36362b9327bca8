package load

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	setupSockets = 8  // that create the documents, and read them in the end
	connecting   = 32 // sockets that open at once
	settleWithin = 60 * time.Second
	look         = 5 * time.Millisecond // between looks at whether all is settled
)

// run is one run of the generator.
type run struct {
	cfg      Config
	target   target
	began    time.Time
	first    first
	docs     []*document
	window   window
	failures failures
	log      *progress
	opened   atomic.Int64        // connections, which are numbered
	sleep    func(time.Duration) // precisely
	late     histogram           // of keys behind their time by the generator's own fault
	wg       sync.WaitGroup
}

// now is the run's clock.
func (r *run) now() time.Duration { return time.Since(r.began) }

// Run does what cfg says. The result is worth reading also beside an error: it holds what was measured until then. When
// ctx ends, typing ends early and the rest goes on as usual.
func Run(ctx context.Context, cfg Config) (Result, error) {
	if err := cfg.check(); err != nil {
		return Result{}, err
	}
	if cfg.Idle > 0 || cfg.Trace != "" {
		return Result{}, errors.New("--idle and --trace are not built yet")
	}
	r := &run{cfg: cfg, began: time.Now(), log: &progress{to: cfg.Progress}, sleep: precisely}
	var err error
	if r.target, err = newTarget(cfg, r.now); err != nil {
		return Result{}, err
	}
	defer r.close()
	r.first = newFirst(cfg.Text, cfg.Runs)
	before := sample(cfg)
	r.log.say("preparing %d documents", cfg.Documents)
	if err := r.prepare(ctx); err != nil {
		return Result{}, err
	}
	r.log.say("opening %d connections", cfg.sockets()-setupSockets)
	if err := r.connect(ctx); err != nil {
		return Result{}, err
	}
	m := r.measure(ctx)
	r.settle()
	r.close()
	checked := !r.failures.any() && r.check()
	return r.result(before, m, checked), errors.Join(r.failures.all()...)
}

// prepare creates the documents under fresh ids.
func (r *run) prepare(ctx context.Context) error {
	name := prefix + strings.ToLower(rand.Text()[:8])
	for i := range r.cfg.Documents {
		r.docs = append(r.docs, &document{number: i, id: fmt.Sprintf("%s-%d", name, i), authors: map[string]*timings{}})
	}
	return r.share(ctx, setupSockets, len(r.docs), func(ctx context.Context, next func() (int, bool)) error {
		s, client, err := r.open(ctx)
		if err != nil {
			return err
		}
		defer s.nc.Close()
		seq := int64(0)
		for i, ok := next(); ok; i, ok = next() {
			d := r.docs[i]
			if d.revision, err = s.create(d.id, r.first, client, &seq); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *run) open(ctx context.Context) (*socket, string, error) {
	return r.target.open(ctx, int(r.opened.Add(1)-1))
}

// share lets several goroutines do n things, each of which is handed out once. It stops at the first error.
func (r *run) share(ctx context.Context, workers, n int, work func(ctx context.Context, next func() (int, bool)) error) error {
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

// connect opens all writers and readers, subscribes them and lets them listen.
func (r *run) connect(ctx context.Context) error {
	var all []func(context.Context) error
	for _, d := range r.docs {
		for i := range r.cfg.Writers {
			w := r.newWriter(d, i)
			d.writers = append(d.writers, w)
			all = append(all, func(ctx context.Context) (err error) {
				w.client, err = r.join(ctx, &w.follower, nil)
				return err
			})
		}
		readers := r.cfg.Readers
		if r.cfg.Shadow {
			readers++
		}
		for i := range readers {
			reader := &reader{follower: follower{name: fmt.Sprintf("reader %d", i), doc: d, run: r}}
			if i == r.cfg.Readers {
				reader.name, d.shadow = "the shadow", reader
			} else {
				d.readers = append(d.readers, reader)
			}
			all = append(all, func(ctx context.Context) error {
				_, err := r.join(ctx, &reader.follower, reader)
				return err
			})
		}
	}
	err := r.share(ctx, connecting, len(all), func(ctx context.Context, next func() (int, bool)) error {
		for i, ok := next(); ok; i, ok = next() {
			if err := all[i](ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.listen()
	return nil
}

// join opens a follower's connection and subscribes.
func (r *run) join(ctx context.Context, f *follower, reader *reader) (client string, err error) {
	f.socket, client, err = r.open(ctx)
	if err != nil {
		return "", err
	}
	shadow := reader != nil && f.doc.shadow == reader
	got, err := f.socket.read("s", f.doc.id, shadow)
	if err != nil {
		return "", err
	}
	if got.revision != f.doc.revision {
		return "", fmt.Errorf("%s is at revision %d, expected %d", f.doc.id, got.revision, f.doc.revision)
	}
	f.revision.Store(got.revision)
	if shadow {
		reader.text, err = newText(got.ops)
	}
	return client, err
}

// listen starts a goroutine for each connection, when all are there and know each other.
func (r *run) listen() {
	for _, d := range r.docs {
		for _, w := range d.writers {
			d.authors[w.client] = w.timings
		}
	}
	for _, d := range r.docs {
		for _, w := range d.writers {
			r.wg.Go(func() { w.listen(w.receive) })
		}
		for _, reader := range d.readers {
			r.wg.Go(func() { reader.listen(reader.receive) })
		}
		if d.shadow != nil {
			r.wg.Go(func() { d.shadow.listen(d.shadow.receive) })
		}
	}
}

func (r *run) newWriter(d *document, i int) *writer {
	rng := mathrand.New(mathrand.NewPCG(uint64(r.cfg.Seed), uint64(d.number)<<32|uint64(i)))
	w := &writer{
		follower: follower{name: fmt.Sprintf("writer %d", i), doc: d, run: r},
		timings:  newTimings(r.period(), r.cfg.Documents*r.cfg.Writers),
		head:     fmt.Appendf(nil, `{"a":"op","c":"%s","d":"%s","v":`, collection, d.id),
		typing:   newTyping(rng, alphabetOf(i, r.cfg.Writers), r.first.units),
		quota:    -1,
	}
	w.keys = w.typing
	if all := int64(r.cfg.Documents * r.cfg.Writers); r.cfg.Ops > 0 {
		n := int64(d.number*r.cfg.Writers + i)
		w.quota = (int64(r.cfg.Ops) + all - 1 - n) / all
	}
	return w
}

// period is the time between two keys of one writer; 0 in a closed loop.
func (r *run) period() time.Duration {
	if r.cfg.Keys == 0 {
		return 0
	}
	return time.Duration(float64(time.Second) / r.cfg.Keys)
}

// writers lists all of them.
func (r *run) writers() []*writer {
	var all []*writer
	for _, d := range r.docs {
		all = append(all, d.writers...)
	}
	return all
}

// close ends all connections and waits for their goroutines.
func (r *run) close() {
	r.failures.stop()
	for _, d := range r.docs {
		for _, f := range d.followers() {
			if f.socket != nil {
				f.socket.nc.Close()
			}
		}
	}
	r.wg.Wait()
}
