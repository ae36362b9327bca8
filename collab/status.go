package collab

import (
	"sync/atomic"
	"time"
)

// status is what a document's turn tells the registry and the sweep. Only the turn writes it, but for shrunk; anybody reads it.
type status struct {
	busy       atomic.Bool  // something is under way that will post without holding a reference, so it must not leave memory
	waitsSince atomic.Int64 // when the oldest op or request began to wait for the store, in ns since 1970; 0: none does
	changedAt  atomic.Int64 // when the head last moved, likewise
	quotaDue   atomic.Int64 // when to ask again for the owner's quota, likewise; 0: not by time
	unsaved    atomic.Bool  // there is no snapshot of the head
	shrunk     atomic.Bool  // memory was given back since the last change
	worthless  atomic.Bool  // there is nothing in it to keep
}

// changed notes that the head moved.
func (s *status) changed(now time.Time) {
	s.changedAt.Store(now.UnixNano())
	s.shrunk.Store(false)
}

// waited is how long an op or request has waited for the store, at most.
func (s *status) waited(now time.Time) time.Duration {
	since := s.waitsSince.Load()
	if since == 0 {
		return 0
	}
	return time.Duration(now.UnixNano() - since)
}

// asksForQuota reports whether the owner's quota is to be asked for by now.
func (s *status) asksForQuota(now time.Time) bool {
	due := s.quotaDue.Load()
	return due > 0 && now.UnixNano() >= due
}

// due reports whether time has brought something to do.
func (s *status) due(now time.Time, l *Limits) bool {
	quiet := now.UnixNano()-s.changedAt.Load() >= int64(l.SnapshotIdle) && (s.unsaved.Load() || !s.shrunk.Load())
	return quiet || s.asksForQuota(now) || s.waited(now) >= l.StoreWait
}

// mayLeave reports whether a document that nobody refers to since so long may leave memory; short: because others need its place.
func (s *status) mayLeave(idle time.Duration, short bool, l *Limits) bool {
	return short || s.worthless.Load() || !s.unsaved.Load() && idle >= l.EvictIdle
}
