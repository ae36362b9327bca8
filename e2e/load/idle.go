package load

import (
	"context"
	"fmt"
	"time"
)

// How memory is looked at: a server has just done something, so we wait for what it throws away meanwhile to go, and take
// the least of what we see.
const (
	warmDocuments = 2 * connecting // made and left, so that what a server keeps for later is there before we count
	lookAtMemory  = 100 * time.Millisecond
)

// idleCost is what waiting costs the server.
type idleCost struct {
	document, connection *float64 // bytes
}

// idle measures what documents and connections take when nobody types. Then one more writer of each document types one
// key, which must reach every connection: they were there all the time.
func (r *run) idle(ctx context.Context) (idleCost, error) {
	if err := r.warm(ctx); err != nil {
		return idleCost{}, err
	}
	first := r.leastMemory(ctx)
	r.log.say("preparing %d documents", len(r.docs))
	keepers, err := r.prepare(ctx, true)
	defer func() {
		for _, s := range keepers {
			s.nc.Close()
		}
	}()
	if err != nil {
		return idleCost{}, err
	}
	second := r.leastMemory(ctx)
	r.log.say("opening %d connections", r.cfg.Idle)
	if err := r.connect(ctx, r.idleReaders()); err != nil {
		return idleCost{}, err
	}
	third := r.leastMemory(ctx)
	cost := idleCost{each(first, second, len(r.docs)), each(second, third, r.cfg.Idle)}
	r.log.say("one key for each document, to see that all %d connections get it", r.cfg.Idle)
	for _, d := range r.docs {
		w := r.newWriter(d, 0)
		w.quota = 1
		d.writers = append(d.writers, w)
	}
	return cost, r.connect(ctx, r.allWriters())
}

// warm lets the server do once what will be counted, by as many connections at once: then it has grown what it keeps for such a
// crowd, its connections to the database for one.
func (r *run) warm(ctx context.Context) error {
	return r.share(ctx, connecting, warmDocuments, func(ctx context.Context, next func() (int, bool)) error {
		s, client, err := r.open(ctx)
		if err != nil {
			return err
		}
		defer s.nc.Close()
		seq := int64(0)
		for i, ok := next(); ok; i, ok = next() {
			id := fmt.Sprintf("%s-warm-%d", r.name, i)
			if _, err := s.create(id, r.first, client, &seq); err != nil {
				return err
			}
			if _, err := s.read("s", id, false); err != nil {
				return err
			}
		}
		return nil
	})
}

// idleReaders spreads the connections over the documents.
func (r *run) idleReaders() []joining {
	var all []joining
	for i := range r.cfg.Idle {
		all = append(all, r.newReader(r.docs[i%len(r.docs)], fmt.Sprintf("connection %d", i)))
	}
	return all
}

// leastMemory is the least the server held within the time of measuring; nil if it cannot be seen.
func (r *run) leastMemory(ctx context.Context) *int64 {
	var least *int64
	end := r.now() + r.cfg.Measure
	for r.now() < end && ctx.Err() == nil {
		r.until(ctx, r.now()+lookAtMemory)
		if m := inspect(r.cfg.ServerPID).memory(); m != nil && (least == nil || *m < *least) {
			least = m
		}
	}
	return least
}

func each(before, after *int64, n int) *float64 {
	if before == nil || after == nil || n == 0 {
		return nil
	}
	v := float64(*after-*before) / float64(n)
	return &v
}
