package session

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"quire/storage"
)

// views are the documents that a session has, or remembers. They are used under Session.mu.
type views struct {
	byID    map[storage.DocumentID]*view
	pruneAt int // at so many, those that are not open are forgotten; used by Receive alone
}

// keptViews is how many documents that are not open a session may remember.
const keptViews = 64

func (vs *views) add(v *view) {
	if vs.byID == nil {
		vs.byID = make(map[storage.DocumentID]*view, 1)
	}
	vs.byID[v.id] = v
}

// opened returns those that are open, in the order of the documents' ids.
func (vs *views) opened() (open []*view) {
	for _, v := range vs.byID {
		if v.handle != nil {
			open = append(open, v)
		}
	}
	slices.SortFunc(open, func(a, b *view) int { return strings.Compare(string(a.id), string(b.id)) })
	return open
}

// prune forgets documents that are not open, once there are many. Only Receive adds and removes views, and it removes them only between
// two messages. mu is Session.mu, which is not held.
func (vs *views) prune(mu *sync.Mutex) {
	if len(vs.byID) < vs.pruneAt { // nobody else writes it
		return
	}
	mu.Lock()
	defer mu.Unlock()
	maps.DeleteFunc(vs.byID, func(_ storage.DocumentID, v *view) bool { return v.handle == nil && v.requests == 0 })
	vs.pruneAt = max(keptViews, 2*len(vs.byID))
}
