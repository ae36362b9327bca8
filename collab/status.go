package collab

import (
	"sync/atomic"
	"time"
)

// status is what the registry and the sweep know of a document. Any goroutine may read it. Only the turn writes it, except shrunk.
type status struct {
	busy       atomic.Bool  // something will post without holding a reference, so the document must stay in memory
	waitsSince atomic.Int64 // when the oldest op or request began to wait for the store, in ns since 1970; 0: none does
	changedAt  atomic.Int64 // when the head last moved, likewise
	quotaDue   atomic.Int64 // when to ask again for the owner's quota, likewise; 0: not by time
	head       atomic.Int64 // the revision
	keptFrom   atomic.Int64 // of the oldest op in memory
	unsaved    atomic.Bool  // there is no snapshot of the head
	shrunk     atomic.Bool  // memory was given back since the last change
	worthless  atomic.Bool  // it is not worth keeping in memory
	absent     atomic.Bool  // because there is no such document
}

// changed notes that the head moved.
func (s *status) changed(now time.Time) {
	s.changedAt.Store(now.UnixNano())
	s.shrunk.Store(false)
}

// waited returns how long the oldest op or request has waited for the store.
func (s *status) waited(now time.Time) time.Duration {
	since := s.waitsSince.Load()
	if since == 0 {
		return 0
	}
	return time.Duration(now.UnixNano() - since)
}

// asksForQuota reports whether it is time to ask for the owner's quota.
func (s *status) asksForQuota(now time.Time) bool {
	due := s.quotaDue.Load()
	return due > 0 && now.UnixNano() >= due
}

// due reports whether the document has something to do because of the time.
func (s *status) due(now time.Time, l *Limits) bool {
	quiet := now.UnixNano()-s.changedAt.Load() >= int64(l.SnapshotIdle) && (s.unsaved.Load() || !s.shrunk.Load())
	return quiet || s.asksForQuota(now) || s.waited(now) >= l.StoreWait
}

// mayLeave reports whether a document that had no references for so long may be dropped. short: others need its place.
func (s *status) mayLeave(idle time.Duration, short bool, l *Limits) bool {
	return short || s.worthless.Load() || !s.unsaved.Load() && idle >= l.EvictIdle
}
