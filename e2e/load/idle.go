package load

import (
	"context"
	"fmt"
	"time"
)

// Memory is measured as the least of several samples, so that what the server's last work left behind can be freed first.
const (
	warmDocuments = 2 * connecting // created before measuring, so that the server already has what it keeps for later
	lookAtMemory  = 100 * time.Millisecond
)

// idleCost is the server's memory for each idle document and connection.
type idleCost struct {
	document, connection *float64 // bytes
}

// idle measures the memory of documents and connections while nobody types. Then one writer in each document types one key, which
// must reach every connection, so that all are known to have been connected.
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

// warm makes the server do what will be measured once before, with as many concurrent connections, so that what it keeps for that
// load, such as its database connections, is not measured.
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

// idleReaders returns the idle connections, spread evenly over the documents.
func (r *run) idleReaders() []joining {
	var all []joining
	for i := range r.cfg.Idle {
		all = append(all, r.newReader(r.docs[i%len(r.docs)], fmt.Sprintf("connection %d", i)))
	}
	return all
}

// leastMemory returns the server's least memory within cfg.Measure, in bytes; nil if it cannot be read.
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
