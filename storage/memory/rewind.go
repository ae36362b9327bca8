package memory

import (
	"crypto/rand"
	"slices"

	"quire/storage"
)

// Rewind sets a document's log back, as a restore does that the store does not notice. It is for tests of what does notice.
func (s *Store) Rewind(doc storage.DocumentID, to storage.Revision) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rewind(doc, to)
}

func (s *Store) rewind(doc storage.DocumentID, to storage.Revision) {
	d := s.documents[doc]
	d.ops = d.ops[:to:to]
	d.head = storage.Head{}.Grow(d.ops)
	d.snapshots = slices.DeleteFunc(d.snapshots, func(sn snapshot) bool { return sn.Revision > to })
}

// FailOver sets logs back, as a failover to a server without the newest ops does. The store counts it in Rewinds, and begins a new
// epoch unless complete: the other server is known to lack nothing (N12).
func (s *Store) FailOver(to map[storage.DocumentID]storage.Revision, complete bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for doc, revision := range to {
		s.rewind(doc, revision)
	}
	s.rewinds++
	if !complete {
		s.epoch = rand.Text()
	}
}

// Rewinds counts the calls of FailOver.
func (s *Store) Rewinds() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.rewinds
}
