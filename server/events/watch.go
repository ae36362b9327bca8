// Package events applies changes in the store to open sockets (N7): changes made by this process at once, before the request is
// answered; changes by other processes on the same database (other nodes, the command line) within a second (P10).
//
// The store writes each event in the transaction of its change, so none is lost. If a Watch missed events, it treats everything
// as changed. Events that need a look-up have it done on another goroutine, so that a revocation never waits for one.
package events

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"quire/collab"
	"quire/server/auth"
	"quire/storage"
)

const (
	readEvery    = 500 * time.Millisecond // P10 and W9 allow a second
	checkEvery   = time.Minute            // how often everything is checked, in case a change had no event
	lookAtMost   = 5 * time.Second
	readAtMost   = readEvery / 2 // for an answer to Read, while the last one is recent: another connection may answer in time
	mostComplain = time.Minute
	pageSize     = 1000   // events read at once
	mostBehind   = 20_000 // events still to be read; beyond that everything is treated as changed
	mostAhead    = 4096   // numbers kept in ahead; beyond that some events are applied twice
	mostLookups  = 10_000 // queued look-ups; beyond that everything is treated as changed
)

// Store is what a Watch reads.
type Store interface {
	storage.Events
	Rewinds() int64
	Document(ctx context.Context, doc storage.DocumentID) (storage.Document, error)
	Head(ctx context.Context, doc storage.DocumentID) (storage.Head, error)
	GroupDocuments(ctx context.Context, id string) ([]storage.DocumentID, error)
	User(ctx context.Context, id storage.UserID) (storage.User, error)
	Users(ctx context.Context, ids []storage.UserID) ([]storage.User, error)
}

// Config is what a Watch needs. All fields are required.
type Config struct {
	Store    Store
	Hub      *collab.Hub
	Auth     *auth.Service
	Settings func(context.Context) error // reads the settings again
	Now      func() time.Time
	Log      *slog.Logger
}

// Watch applies events to the hub. It is safe for concurrent use.
type Watch struct {
	cfg  Config
	wake chan struct{} // signals that a look-up is queued
	hole chan struct{} // signals that events were missed

	mu      sync.Mutex         // held while an event is applied, so that nobody finds it marked before it is; never while calling the store
	after   int64              // every event up to this number was applied
	began   bool               // after was read from the store; false again after a panic, when some event may be lost
	ahead   map[int64]struct{} // events above after that were applied
	rewinds int64              // Store.Rewinds that after and ahead belong to
	lookups map[subject]storage.Event
	all     bool      // events were missed: everything has to be looked at
	read    time.Time // when the last Read that succeeded began; with the monotonic clock

	complained time.Time

	reading  sync.Mutex // held by Read
	looking  sync.Mutex // held by Look
	checking sync.Mutex // held by Check; guards pass
	pass     pass
	row      sync.Mutex // held from reading a document or people until the hub has them: Look and Check must not show an older row
}

// New returns a Watch that applies nothing before Start, KeepReading or Heard is called.
func New(cfg Config) *Watch {
	return &Watch{
		cfg: cfg, wake: make(chan struct{}, 1), hole: make(chan struct{}, 1), ahead: map[int64]struct{}{}, lookups: map[subject]storage.Event{},
	}
}

// Start makes w apply changes made through its own store until stop is called.
func (w *Watch) Start() (stop func()) { return w.cfg.Store.Hear(w.changedHere) }

// KeepReading calls Read twice a second until ctx ends, for changes by other processes. A question that gets no answer is asked
// again at once: one connection that died must not delay a revocation.
func (w *Watch) KeepReading(ctx context.Context) {
	w.mu.Lock()
	w.read = time.Now()
	w.mu.Unlock()
	w.keep(ctx, nil, func(ctx context.Context) (unanswered bool, err error) {
		ctx, stop := context.WithTimeout(ctx, w.patience())
		defer stop()
		err = w.Read(ctx)
		unanswered = err != nil && ctx.Err() != nil
		if unanswered && w.patience() < readEvery { // it answered less than a second ago: no news for the log
			err = nil
		}
		return unanswered, err
	})
}

// patience returns how long Read may wait. It grows with the time without an answer, because the database may just be slow.
func (w *Watch) patience() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return min(max(readAtMost, time.Since(w.read)/2), lookAtMost)
}

// KeepLooking calls Look twice a second, and whenever a look-up is queued, until ctx ends.
func (w *Watch) KeepLooking(ctx context.Context) {
	w.keep(ctx, w.wake, func(ctx context.Context) (bool, error) { return false, w.Look(ctx) })
}

// KeepChecking calls Check twice a second, at once if there is more to do, and when events were missed, until ctx ends.
func (w *Watch) KeepChecking(ctx context.Context) { w.keep(ctx, w.hole, w.Check) }

// keep calls f at once, then every readEvery and whenever sooner signals, and at once if f asks for it. What other processes change
// while the database does not answer this one takes effect here when it does again. If f panics, events may be lost: the next Read then treats
// everything as changed.
func (w *Watch) keep(ctx context.Context, sooner <-chan struct{}, f func(context.Context) (again bool, err error)) {
	well := false
	defer func() {
		if !well {
			w.mu.Lock()
			w.began = false
			w.mu.Unlock()
		}
	}()
	ticker := time.NewTicker(readEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		bounded, stop := context.WithTimeout(ctx, lookAtMost)
		again, err := f(bounded)
		stop()
		if err != nil && ctx.Err() == nil {
			w.complain(err)
		}
		if again {
			continue
		}
		select {
		case <-ctx.Done():
		case <-sooner:
		case <-ticker.C:
		}
	}
	well = true
}

func (w *Watch) complain(err error) {
	now := w.cfg.Now()
	w.mu.Lock()
	silent := now.Sub(w.complained) < mostComplain
	if !silent {
		w.complained = now
	}
	w.mu.Unlock()
	if !silent {
		w.cfg.Log.Warn("what other processes changed is not known", "err", err)
	}
}
