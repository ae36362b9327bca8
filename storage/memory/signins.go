package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"quire/storage"
)

// CreateSignIn stores si.
func (s *Store) CreateSignIn(ctx context.Context, si storage.SignIn) error {
	return s.do(ctx, "create sign-in", func() error {
		if err := s.person(si.User); err != nil {
			return err
		}
		for id, other := range s.signIns {
			if id == si.ID || bytes.Equal(other.TokenHash, si.TokenHash) {
				return storage.ErrExists
			}
		}
		si.Address, si.UserAgent = storage.Text(si.Address), storage.Text(si.UserAgent)
		s.signIns[si.ID] = cloneSignIn(si)
		return nil
	})
}

// SignIn returns a sign-in that has not expired at now.
func (s *Store) SignIn(ctx context.Context, id string, now time.Time) (storage.SignIn, error) {
	return get(ctx, s, "sign-in", func() (storage.SignIn, error) {
		if si, ok := s.signIns[id]; ok && si.ExpiresAt.After(milli(now)) {
			return cloneSignIn(si), nil
		}
		return storage.SignIn{}, storage.ErrNotFound
	})
}

// SignInByToken returns the sign-in whose token has that hash, and its user.
func (s *Store) SignInByToken(ctx context.Context, tokenHash []byte, now time.Time) (storage.SignIn, storage.User, error) {
	return two(ctx, s, "sign-in by token", func() (storage.SignIn, storage.User, error) {
		for _, si := range s.signIns {
			if bytes.Equal(si.TokenHash, tokenHash) && si.ExpiresAt.After(milli(now)) {
				return cloneSignIn(si), s.users[si.User], nil
			}
		}
		return storage.SignIn{}, storage.User{}, storage.ErrNotFound
	})
}

// SignIns lists user's sign-ins, newest first.
func (s *Store) SignIns(ctx context.Context, user storage.UserID, now time.Time) ([]storage.SignIn, error) {
	return get(ctx, s, "sign-ins", func() ([]storage.SignIn, error) {
		var found []storage.SignIn
		for _, si := range s.signIns {
			if si.User == user && si.ExpiresAt.After(milli(now)) {
				found = append(found, cloneSignIn(si))
			}
		}
		slices.SortFunc(found, func(a, b storage.SignIn) int {
			return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID))
		})
		return found, nil
	})
}

// TouchSignIn sets when a sign-in was last used and when it expires.
func (s *Store) TouchSignIn(ctx context.Context, id string, seen, expires time.Time) error {
	return s.do(ctx, "touch sign-in", func() error {
		si, ok := s.signIns[id]
		if !ok {
			return storage.ErrNotFound
		}
		si.LastSeenAt, si.ExpiresAt = milli(seen), milli(expires)
		s.signIns[id] = si
		return nil
	})
}

// DeleteSignIn deletes a sign-in of user's.
func (s *Store) DeleteSignIn(ctx context.Context, user storage.UserID, id string) error {
	return s.do(ctx, "delete sign-in", func() error {
		if si, ok := s.signIns[id]; !ok || si.User != user {
			return storage.ErrNotFound
		}
		delete(s.signIns, id)
		s.tell(storage.EachID(storage.EventSignIn, []string{id})...)
		return nil
	})
}

// DeleteSignIns deletes all of user's sign-ins but except, and returns their ids.
func (s *Store) DeleteSignIns(ctx context.Context, user storage.UserID, except string) ([]string, error) {
	return get(ctx, s, "delete sign-ins", func() ([]string, error) {
		ended := s.dropSignIns(func(si storage.SignIn) bool { return si.User == user && si.ID != except })
		s.tell(storage.EachID(storage.EventSignIn, ended)...)
		return ended, nil
	})
}

// DeleteExpiredSignIns deletes sign-ins that have expired at now.
func (s *Store) DeleteExpiredSignIns(ctx context.Context, now time.Time) (int, error) {
	return get(ctx, s, "delete expired sign-ins", func() (int, error) {
		return len(s.dropSignIns(func(si storage.SignIn) bool { return !si.ExpiresAt.After(milli(now)) })), nil
	})
}

func (s *Store) dropSignIns(which func(storage.SignIn) bool) (ended []string) {
	for id, si := range s.signIns {
		if which(si) {
			delete(s.signIns, id)
			ended = append(ended, id)
		}
	}
	return ended
}

func cloneSignIn(si storage.SignIn) storage.SignIn {
	si.TokenHash = slices.Clone(si.TokenHash)
	si.CreatedAt, si.LastSeenAt, si.ExpiresAt = milli(si.CreatedAt), milli(si.LastSeenAt), milli(si.ExpiresAt)
	return si
}
