// Package quota computes how much space an owner has left: their quota less the logs of all their documents. A person's quota is
// their own or else the installation's; all applications have the same. REST asks before every write. Live documents ask now and
// then (collab.Config.Room), many at once for one owner, so their answer may be up to two seconds old.
package quota

import (
	"context"
	"math"
	"sync"
	"time"

	"quire/collab"
	"quire/storage"
)

// Store is the part of the store that a Keeper reads.
type Store interface {
	User(ctx context.Context, id storage.UserID) (storage.User, error)
	Document(ctx context.Context, doc storage.DocumentID) (storage.Document, error)
	OwnedBytes(ctx context.Context, user storage.UserID) (int64, error)
	ApplicationBytes(ctx context.Context, application string) (int64, error)
}

const (
	fresh    = 2 * time.Second // maximum age of an answer for a live document
	mostKept = 10_000          // answers; when there are more, all are forgotten
)

// Keeper computes the space that owners have left. It is safe for concurrent use.
type Keeper struct {
	store       Store
	standard    func() int64 // returns the installation's quota for a person, in bytes; 0: none
	application int64        // quota of each application, in bytes; 0: none
	now         func() time.Time

	mu    sync.Mutex
	known map[owner]*answer
}

// owner is the owner of documents: a person or an application.
type owner struct {
	person      storage.UserID
	application string
}

// answer is the space that one owner has left. Its lock is held while the database adds up, so that callers at the same moment wait
// for one sum. A document that is told of space may use collab.QuotaShare of it before it asks again, so the next one is told that
// much less; once nothing remains, the database adds up anew.
type answer struct {
	mu   sync.Mutex
	sum  int64 // bytes left when the database last added up
	left int64 // of sum, what documents were not yet allowed to use
	at   time.Time
}

// New returns a Keeper. standard returns a person's quota in bytes, application is that of each application; 0 means none. A nil now
// means time.Now.
func New(store Store, standard func() int64, application int64, now func() time.Time) *Keeper {
	if now == nil {
		now = time.Now
	}
	return &Keeper{store: store, standard: standard, application: application, now: now, known: map[owner]*answer{}}
}

// Left returns how many bytes of log the owner of d may still add: math.MaxInt64 without a quota, negative if it is exceeded.
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

// Room is Left for a live document, from an answer that is at most two seconds old and shared by all documents of the owner.
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
	a.left -= collab.QuotaShare(told)
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
