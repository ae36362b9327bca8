// Package events lets open sockets feel what was changed (N7): through this process's store at once, before the request that
// did it is answered; by other processes over the same database, nodes and the command line, within a second (P10).
//
// The store tells each change in the change's own transaction, so none is lost. Whoever missed some takes everything as changed.
// What only says where to look is looked up on a goroutine of its own: a revocation waits for no look-up.
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
	checkEvery   = time.Minute            // everything, in case something was told to nobody
	lookAtMost   = 5 * time.Second
	mostComplain = time.Minute
	mostBehind   = 1000   // events read at once; over that everything is taken as changed
	mostAhead    = 4096   // numbers kept; over that some are felt twice
	mostLookups  = 10_000 // kept for later; over that everything is taken as changed
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

// Config is what a Watch needs: all of it.
type Config struct {
	Store    Store
	Hub      *collab.Hub
	Auth     *auth.Service
	Settings func(context.Context) error // reads them anew
	Now      func() time.Time
	Log      *slog.Logger
}

// Watch feels events. Its methods may be called by any goroutine.
type Watch struct {
	cfg  Config
	wake chan struct{} // something is to be looked up

	mu      sync.Mutex // held while events are felt, so that whoever comes second finds it done; the store is never called
	after   int64      // the number up to which all were felt
	began   bool       // after is of the store
	ahead   map[int64]struct{}
	rewinds int64 // of the store when all of after and ahead was read
	lookups map[subject]storage.Event
	all     bool // some were missed: everything is to be looked at

	complained time.Time

	reading sync.Mutex // held by Read
	looking sync.Mutex // held by Look, and guards what follows
	session uint64     // the newest whose proof was checked
	checked time.Time  // everything
}

// New makes a Watch, which feels nothing before Start.
func New(cfg Config) *Watch {
	return &Watch{
		cfg: cfg, wake: make(chan struct{}, 1), ahead: map[int64]struct{}{}, lookups: map[subject]storage.Event{},
	}
}

// Start has w hear of what is changed through its store, until stop is called.
func (w *Watch) Start() (stop func()) { return w.cfg.Store.Hear(w.told) }

// KeepReading reads what others changed until ctx ends.
func (w *Watch) KeepReading(ctx context.Context) {
	w.keep(ctx, nil, w.Read)
}

// KeepLooking looks up what was told, and now and then everything, until ctx ends.
func (w *Watch) KeepLooking(ctx context.Context) {
	w.keep(ctx, w.wake, w.Look)
}

// keep calls f at once, twice a second, and whenever sooner says. While the database does not answer everything stays as it
// is: nothing can be changed in it by others who use it as we do.
func (w *Watch) keep(ctx context.Context, sooner <-chan struct{}, f func(context.Context) error) {
	ticker := time.NewTicker(readEvery)
	defer ticker.Stop()
	for {
		bounded, stop := context.WithTimeout(ctx, lookAtMost)
		err := f(bounded)
		stop()
		if err != nil && ctx.Err() == nil {
			w.complain(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-sooner:
		case <-ticker.C:
		}
	}
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
