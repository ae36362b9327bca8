// Package quota tells how much space an owner has left: a person has their own bound, else the installation's, an
// application that of applications, less the logs of all their documents. REST asks before every write; live documents ask now and then (collab.Config.Room), many at once for
// one owner, so their answer may be a moment old.
package quota

import (
	"context"
	"math"
	"sync"
	"time"

	"quire/collab"
	"quire/storage"
)

// Store is what is asked of the database.
type Store interface {
	User(ctx context.Context, id storage.UserID) (storage.User, error)
	Document(ctx context.Context, doc storage.DocumentID) (storage.Document, error)
	OwnedBytes(ctx context.Context, user storage.UserID) (int64, error)
	ApplicationBytes(ctx context.Context, application string) (int64, error)
}

const (
	fresh    = 2 * time.Second // how old an answer for a live document may be
	mostKept = 10_000          // answers; over it all are forgotten
)

// Keeper answers. Safe for use by any goroutine.
type Keeper struct {
	store       Store
	standard    func() int64 // the installation's bound now; 0: none
	application int64        // of each application; 0: none
	now         func() time.Time

	mu    sync.Mutex
	known map[owner]*answer
}

// owner is whom a document belongs to, one of the two.
type owner struct {
	person      storage.UserID
	application string
}

// answer is one owner's; many who ask at once wait for the one who adds up. Whoever is told of space may use some of it
// before asking again, so that much is taken off what the next one is told, and when nothing is left of it, the sum is made
// anew.
type answer struct {
	mu   sync.Mutex
	sum  int64 // left, as last added up
	left int64 // of that, not yet told
	at   time.Time
}

// New makes a keeper; standard gives a person's bound, application is that of each application (0: none), now nil is
// time.Now.
func New(store Store, standard func() int64, application int64, now func() time.Time) *Keeper {
	if now == nil {
		now = time.Now
	}
	return &Keeper{store: store, standard: standard, application: application, now: now, known: map[owner]*answer{}}
}

// Left returns how many bytes of log the owner of d may still add; math.MaxInt64 without a bound.
func (k *Keeper) Left(ctx context.Context, d storage.Document) (int64, error) {
	if d.Application != "" {
		if k.application <= 0 {
			return math.MaxInt64, nil
		}
		owned, err := k.store.ApplicationBytes(ctx, d.Application)
		return k.application - owned, err
	}
	user, err := k.store.User(ctx, d.Owner)
	if err != nil {
		return 0, err
	}
	bound := user.Quota
	if bound == 0 {
		bound = k.standard()
	}
	if bound <= 0 {
		return math.MaxInt64, nil
	}
	owned, err := k.store.OwnedBytes(ctx, d.Owner)
	return bound - owned, err
}

// Room returns the same for a live document's owner, at most a moment old.
func (k *Keeper) Room(ctx context.Context, doc storage.DocumentID) (int64, error) {
	d, err := k.store.Document(ctx, doc)
	if err != nil {
		return 0, err
	}
	a := k.of(owner{d.Owner, d.Application})
	a.mu.Lock()
	defer a.mu.Unlock()
	now := k.now()
	age := now.Sub(a.at)
	if a.at.IsZero() || age < 0 || age >= fresh || a.sum > 0 && a.left <= 0 {
		left, err := k.Left(ctx, d)
		if err != nil {
			return 0, err
		}
		a.sum, a.left, a.at = left, left, now
	}
	told := a.left
	a.left -= collab.RoomShare(told)
	return told, nil
}

func (k *Keeper) of(owner owner) *answer {
	k.mu.Lock()
	defer k.mu.Unlock()
	a := k.known[owner]
	if a == nil {
		if len(k.known) >= mostKept {
			clear(k.known)
		}
		a = &answer{}
		k.known[owner] = a
	}
	return a
}
