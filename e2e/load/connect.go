package load

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"

	"quire/collab/delta"
)

// joining is a follower whose connection is still to be opened.
type joining struct {
	follower *follower
	receive  func(frame []byte) error
	joined   func(client string, content delta.Delta) error
	content  bool // joined needs the content
}

func (r *run) newWriter(d *document, i int) *writer {
	w := &writer{
		follower: follower{name: fmt.Sprintf("writer %d", i), doc: d, run: r},
		timings:  newTimings(r.period(), r.cfg.Documents*r.cfg.Writers),
		head:     fmt.Appendf(nil, `{"a":"op","c":"%s","d":"%s","v":`, collection, d.id),
		quota:    -1,
	}
	if r.trace != nil {
		w.keys = r.trace
	} else {
		rng := rand.New(rand.NewPCG(uint64(r.cfg.Seed), uint64(d.number)<<32|uint64(i)))
		w.typing = newTyping(rng, alphabetOf(i, r.cfg.Writers), r.first.units)
		w.keys = w.typing
	}
	if all := int64(r.cfg.Documents * r.cfg.Writers); r.cfg.Ops > 0 {
		n := int64(d.number*r.cfg.Writers + i)
		w.quota = (int64(r.cfg.Ops) + all - 1 - n) / all
	}
	return w
}

func (r *run) newReader(d *document, name string) joining {
	reader := &reader{follower: follower{name: name, doc: d, run: r}}
	d.readers = append(d.readers, reader)
	return joining{follower: &reader.follower, receive: reader.receive}
}

func (r *run) newShadow(d *document) joining {
	d.shadow = &reader{follower: follower{name: "the shadow", doc: d, run: r}}
	return joining{&d.shadow.follower, d.shadow.receive, func(_ string, content delta.Delta) (err error) {
		d.shadow.text, err = delta.NewDocument(content)
		return err
	}, true}
}

func (r *run) allWriters() []joining {
	var all []joining
	for _, w := range r.writers() {
		joined := func(client string, _ delta.Delta) error {
			w.client = client
			return nil
		}
		all = append(all, joining{follower: &w.follower, receive: w.receive, joined: joined})
	}
	return all
}

// connect opens the connections and subscribes. Once all are open and the authors' client ids are known, it starts to listen on
// all of them.
func (r *run) connect(ctx context.Context, all []joining) error {
	err := r.share(ctx, connecting, len(all), func(ctx context.Context, next func() (int, bool)) error {
		for i, ok := next(); ok; i, ok = next() {
			if err := r.join(ctx, all[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, d := range r.docs {
		authors := maps.Clone(*d.authors.Load())
		for _, w := range d.writers {
			authors[w.client] = w.timings
		}
		d.authors.Store(&authors)
	}
	for _, j := range all {
		r.wg.Go(func() { j.follower.listen(j.receive) })
	}
	return nil
}

// join opens one connection and subscribes.
func (r *run) join(ctx context.Context, j joining) error {
	f := j.follower
	s, client, err := r.open(ctx)
	if err != nil {
		return err
	}
	f.socket = s
	got, err := s.read("s", f.doc.id, j.content)
	if err != nil {
		return err
	}
	if got.revision != f.doc.revision {
		return fmt.Errorf("%s is at revision %d, expected %d", f.doc.id, got.revision, f.doc.revision)
	}
	f.revision.Store(got.revision)
	if j.joined != nil {
		return j.joined(client, got.ops)
	}
	return nil
}
