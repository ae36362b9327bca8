package collab

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"quire/collab/budget"
	"quire/storage"
)

// registry holds the live documents of one node and counts the references to them. A document is dropped only when nobody refers to it
// and it has nothing to do, so there are never two of the same id.
type registry struct {
	node   *Node
	begin  func(storage.DocumentID) *document // makes a document that is not live
	places budget.Shares                      // for live documents, in the shares of those who have them open
	absent budget.Shares                      // for those that are open, and that there are not
	memory budget.Budget                      // estimated bytes of live documents; above it, those without references are dropped

	mu        sync.Mutex // held for no I/O and no channel operation; see doc.go for the order
	documents map[storage.DocumentID]*document
	idle      chan struct{} // closed when a document has nothing to do any more; nil: nobody waits for that
}

// use is the registry's own state of a document, under its lock.
type use struct {
	refs      int
	idleSince time.Time // when refs became 0
}

// acquire returns the document of an id with a reference, and has holds hold a place for it in a person's share. If it is not live it
// starts loading, once however many callers come. If too many are live, those without references are dropped first. Error: ErrOverloaded.
func (r *registry) acquire(id storage.DocumentID, person storage.UserID, holds *budget.Owner) (*document, error) {
	d, fresh := r.reserve(id, person, holds)
	if d == nil && r.full() {
		r.evict(r.node.rt.Now(), true)
		d, fresh = r.reserve(id, person, holds)
	}
	switch {
	case d == nil:
		return nil, ErrOverloaded
	case fresh:
		d.post(call((*document).startLoading))
	}
	return d, nil
}

// full reports whether there is no place for another document.
func (r *registry) full() bool { return r.places.Used() >= int64(r.node.limits.Documents) }

// reserve returns the document of an id with a reference, and whether it is new; nil: there is no place for another, or not for this
// person.
func (r *registry) reserve(id storage.DocumentID, person storage.UserID, holds *budget.Owner) (d *document, fresh bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d = r.documents[id]
	if d != nil && !holds.Join(d.place, string(person)) {
		return nil, false
	}
	if d == nil {
		place := (*budget.Reservation)(nil)
		if !r.full() {
			place = holds.Take(r.places.Of(string(person)), 1)
		}
		if place == nil {
			return nil, false
		}
		d, fresh = r.begin(id), true
		d.place = place
		d.holds.Keep(place)
		d.weight = d.holds.Take(&r.memory, 0)
		r.documents[id] = d
	}
	d.use.refs++
	return d, fresh
}

func (r *registry) retain(d *document) {
	r.mu.Lock()
	d.use.refs++
	r.mu.Unlock()
}

// release gives a reference back. Posting to a document needs one, so without references it can be dropped between two turns. One that
// there is not is dropped at once.
func (r *registry) release(d *document) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d.use.refs--; d.use.refs > 0 {
		return
	}
	d.use.idleSince = r.node.rt.Now()
	if d.status.absent.Load() && !d.active() && r.documents[d.id] == d {
		r.letGo(d)
	}
}

// found counts a document among those that there are, or those that there are not: these take no place from the others.
func (r *registry) found(d *document, absent bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if absent {
		d.place.Move(&r.absent)
	} else {
		d.place.Move(&r.places)
	}
}

// find returns a document with a reference if it is live, else nil.
func (r *registry) find(id storage.DocumentID) *document {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.documents[id]
	if d != nil {
		d.use.refs++
	}
	return d
}

// tell posts m to a document if it is live.
func (r *registry) tell(id storage.DocumentID, m message) {
	if d := r.find(id); d != nil {
		d.post(m)
		r.release(d)
	}
}

// tellAll posts m to all live documents.
func (r *registry) tellAll(m message) {
	for _, d := range r.pick(everyOne) {
		d.post(m)
		r.release(d)
	}
}

// wanted reports whether anybody refers to d.
func (r *registry) wanted(d *document) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return d.use.refs > 0
}

// pick returns the live documents for which picked reports true, ordered by id, each with a reference. picked must not block.
func (r *registry) pick(picked func(*document) bool) (docs []*document) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range r.documents {
		if picked(d) {
			d.use.refs++
			docs = append(docs, d)
		}
	}
	slices.SortFunc(docs, byID)
	return docs
}

func everyOne(*document) bool { return true }

func byID(a, b *document) int { return strings.Compare(string(a.id), string(b.id)) }

// evict drops documents without references that have nothing to do: after a while, or at once if short. A document stays until there
// is a snapshot of its head, unless short: without one, loading it again would take longer.
func (r *registry) evict(now time.Time, short bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range r.documents {
		if d.use.refs > 0 || d.active() {
			continue
		}
		if d.status.mayLeave(now.Sub(d.use.idleSince), short, &r.node.limits) {
			r.letGo(d)
		}
	}
}

// letGo drops a document and releases all that it reserved. mu is held.
func (r *registry) letGo(d *document) {
	delete(r.documents, d.id)
	d.holds.End()
	d.place.Void() // of readers that the document never heard to leave
}

// letGoAll drops all documents.
func (r *registry) letGoAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range r.documents {
		r.letGo(d)
	}
}

// awaitIdle waits until no document has anything to do.
func (r *registry) awaitIdle(ctx context.Context) error {
	for {
		docs := r.pick(everyOne)
		busy := false
		for _, d := range docs {
			busy = busy || d.active()
		}
		idle := make(chan struct{})
		r.mu.Lock()
		r.idle = idle
		r.mu.Unlock()
		for _, d := range docs {
			busy = busy || d.active()
			r.release(d)
		}
		if !busy {
			return nil
		}
		// A turn that was not busy ends without a signal, so look again after a while.
		stop := r.node.rt.After(10*time.Millisecond, r.becameIdle)
		err := r.node.rt.Wait(ctx, idle)
		stop()
		if err != nil {
			return err
		}
	}
}

// becameIdle wakes awaitIdle.
func (r *registry) becameIdle() {
	r.mu.Lock()
	idle := r.idle
	r.idle = nil
	r.mu.Unlock()
	if idle != nil {
		close(idle)
	}
}

// forgetEncodings drops the encodings that documents keep only for later readers.
func (r *registry) forgetEncodings() {
	for _, d := range r.pick(func(d *document) bool { return d.encodings.keeps.Load() }) {
		d.encodings.forget()
		r.release(d)
	}
}

// count returns how many documents are in memory.
func (r *registry) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.documents)
}

// ids returns the ids of the live documents.
func (r *registry) ids() []storage.DocumentID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Keys(r.documents))
}

func isAbsent(err error) bool {
	return errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDeleted)
}
