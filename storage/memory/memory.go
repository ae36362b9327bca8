package memory

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"time"

	"quire/storage"
)

// Store holds everything in memory. Make it with New. Safe for concurrent use.
type Store struct {
	mu          sync.RWMutex
	epoch       string
	rewinds     int64
	documents   map[storage.DocumentID]*document
	users       map[storage.UserID]storage.User
	emails      map[string]storage.UserID    // folded
	subjects    map[[2]string]storage.UserID // issuer, subject
	signIns     map[string]storage.SignIn    // by id
	links       map[string]storage.Link      // by id
	groups      map[string]*group
	invitations map[string]storage.Invitation // by id
	codes       map[string]storage.Code       // by hash
	tokens      map[string]storage.Token      // by id
	pictures    map[storage.UserID]picture
	audit       []storage.AuditEntry // oldest first
	noted       int64                // the newest id of an audit entry, even if it was deleted
	settings    map[string][]byte
	stats       storage.Stats

	events    []storage.Event // in order of their numbers, which have no holes
	toldAt    []time.Time     // when each of events was written
	newest    int64           // number of the newest event, even if it was deleted
	telling   []storage.Event // of the call that holds mu
	listeners storage.Listeners
}

// document is a document's whole state. Of a deleted one only an empty document with deleted set remains.
type document struct {
	info      storage.Document
	deleted   bool
	head      storage.Head
	ops       []storage.Op
	snapshots []snapshot // ascending
	grants    map[storage.UserID]storage.Grant

	groupGrants map[string]storage.GroupGrant // by group
	reach       storage.AccountReach
	requests    map[storage.UserID]storage.AccessRequest
	offer       storage.TransferOffer // To is "" if there is none
}

type snapshot struct {
	storage.Snapshot
	sum uint32
}

// New returns an empty store.
func New() *Store {
	return &Store{
		epoch:       rand.Text(),
		documents:   map[storage.DocumentID]*document{},
		users:       map[storage.UserID]storage.User{},
		emails:      map[string]storage.UserID{},
		subjects:    map[[2]string]storage.UserID{},
		signIns:     map[string]storage.SignIn{},
		links:       map[string]storage.Link{},
		groups:      map[string]*group{},
		invitations: map[string]storage.Invitation{},
		codes:       map[string]storage.Code{},
		tokens:      map[string]storage.Token{},
		pictures:    map[storage.UserID]picture{},
		settings:    map[string][]byte{},
	}
}

var _ storage.Store = (*Store)(nil)

// begin locks the store, unless ctx is done. The caller must call unlock, which also stores and tells the call's events.
func (s *Store) begin(ctx context.Context) (unlock func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	s.mu.Lock()
	return func() { s.finish(ctx) }, nil
}

// do runs call with the store locked, and adds what to its error.
func (s *Store) do(ctx context.Context, what string, call func() error) error {
	unlock, err := s.begin(ctx)
	if err == nil {
		defer unlock()
		err = call()
	}
	if err != nil {
		return fmt.Errorf("memory: %s: %w", what, err)
	}
	return nil
}

// get is do for a call that returns something.
func get[T any](ctx context.Context, s *Store, what string, call func() (T, error)) (got T, err error) {
	err = s.do(ctx, what, func() (err error) {
		got, err = call()
		return err
	})
	return got, err
}

// two is get for a call that returns two things.
func two[A, B any](ctx context.Context, s *Store, what string, call func() (A, B, error)) (a A, b B, err error) {
	err = s.do(ctx, what, func() (err error) {
		a, b, err = call()
		return err
	})
	return a, b, err
}

// live returns a document, or ErrNotFound or ErrDeleted. s.mu is held.
func (s *Store) live(id storage.DocumentID) (*document, error) {
	d, ok := s.documents[id]
	switch {
	case !ok:
		return nil, storage.ErrNotFound
	case d.deleted:
		return nil, storage.ErrDeleted
	}
	return d, nil
}

// Ping fails only if ctx is done.
func (s *Store) Ping(ctx context.Context) error {
	return s.do(ctx, "ping", func() error { return nil })
}

// Stats returns what was counted since New.
func (s *Store) Stats() storage.Stats {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.stats
}

// Close does nothing.
func (s *Store) Close() error { return nil }

// Setting returns a setting's value, which may be empty but is not nil.
func (s *Store) Setting(ctx context.Context, key string) ([]byte, error) {
	return get(ctx, s, "setting", func() ([]byte, error) {
		value, ok := s.settings[storage.Text(key)]
		if !ok {
			return nil, storage.ErrNotFound
		}
		return slices.Clone(value), nil
	})
}

// SetSetting stores value if the setting's value is was; nil means no setting.
func (s *Store) SetSetting(ctx context.Context, key string, value, was []byte) error {
	return s.do(ctx, "set setting", func() error {
		key = storage.Text(key)
		now, ok := s.settings[key]
		if ok != (was != nil) || !bytes.Equal(now, was) {
			return storage.ErrConflict
		}
		if ok != (value != nil) || !bytes.Equal(now, value) {
			s.tell(storage.Event{Kind: storage.EventSetting, ID: key})
		}
		if value == nil {
			delete(s.settings, key)
			return nil
		}
		s.settings[key] = append([]byte{}, value...)
		return nil
	})
}

func milli(t time.Time) time.Time { return storage.Milli(t) }
