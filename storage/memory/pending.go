package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"quire/storage"
)

// CreatePending stores p; the oldest make room.
func (s *Store) CreatePending(ctx context.Context, p storage.Pending, most int) error {
	p, err := storage.CleanPending(p)
	if err != nil {
		return fmt.Errorf("memory: create pending account: %w", err)
	}
	unlock, err := s.begin(ctx, "create pending account")
	if err != nil {
		return err
	}
	defer unlock()
	if _, taken := s.pending[string(p.Hash)]; taken {
		return fmt.Errorf("memory: create pending account: %w", storage.ErrExists)
	}
	folded := storage.Fold(p.Email)
	s.makeRoom(storage.KeptPending, func(other storage.Pending) bool { return storage.Fold(other.Email) == folded })
	s.makeRoom(max(1, most), func(storage.Pending) bool { return true })
	p.Hash = slices.Clone(p.Hash)
	s.pending[string(p.Hash)] = p
	return nil
}

// makeRoom removes the oldest of some until one more is at most keep.
func (s *Store) makeRoom(keep int, of func(storage.Pending) bool) {
	var kept []storage.Pending
	for _, p := range s.pending {
		if of(p) {
			kept = append(kept, p)
		}
	}
	slices.SortFunc(kept, func(a, b storage.Pending) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), bytes.Compare(a.Hash, b.Hash))
	})
	for _, old := range kept[:max(0, len(kept)-keep+1)] {
		delete(s.pending, string(old.Hash))
	}
}

// Pending gives one without using it up.
func (s *Store) Pending(ctx context.Context, hash []byte, now time.Time) (storage.Pending, error) {
	return s.waiting(ctx, "pending account", hash, now, false)
}

// TakePending gives one and removes it.
func (s *Store) TakePending(ctx context.Context, hash []byte, now time.Time) (storage.Pending, error) {
	return s.waiting(ctx, "take pending account", hash, now, true)
}

func (s *Store) waiting(ctx context.Context, what string, hash []byte, now time.Time, take bool) (storage.Pending, error) {
	unlock, err := s.begin(ctx, what)
	if err != nil {
		return storage.Pending{}, err
	}
	defer unlock()
	p, ok := s.pending[string(hash)]
	if !ok || !p.ExpiresAt.After(milli(now)) {
		return storage.Pending{}, fmt.Errorf("memory: %s: %w", what, storage.ErrNotFound)
	}
	if take {
		delete(s.pending, string(hash))
	}
	p.Hash = slices.Clone(p.Hash)
	return p, nil
}

func (s *Store) dropPending(now time.Time) (n int) {
	for hash, p := range s.pending {
		if !p.ExpiresAt.After(now) {
			delete(s.pending, hash)
			n++
		}
	}
	return n
}
