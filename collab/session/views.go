package session

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"quire/storage"
)

// views are the documents of which a session has, or remembers, something. Under Session.mu.
type views struct {
	byID    map[storage.DocumentID]*view
	pruneAt int // how many there are when those that are not open are forgotten; of Receive's goroutine
}

// keptViews is of how many documents that are not open a session remembers something.
const keptViews = 64

func (vs *views) add(v *view) {
	if vs.byID == nil {
		vs.byID = make(map[storage.DocumentID]*view, 1)
	}
	vs.byID[v.id] = v
}

// opened returns those that are open, by the documents' p.
func (vs *views) opened() (open []*view) {
	for _, v := range vs.byID {
		if v.handle != nil {
			open = append(open, v)
		}
	}
	slices.SortFunc(open, func(a, b *view) int { return strings.Compare(string(a.id), string(b.id)) })
	return open
}

// prune forgets documents that are not open, once they are many. Only whoever reads from the client begins views and forgets them,
// and the latter only between two messages and when nothing is under way. mu is Session.mu, which is not held.
func (vs *views) prune(mu *sync.Mutex) {
	if len(vs.byID) < vs.pruneAt { // nobody else writes it
		return
	}
	mu.Lock()
	defer mu.Unlock()
	maps.DeleteFunc(vs.byID, func(_ storage.DocumentID, v *view) bool { return v.handle == nil && v.requests == 0 })
	vs.pruneAt = max(keptViews, 2*len(vs.byID))
}
