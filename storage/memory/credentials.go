package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"quire/storage"
)

// CreateCode stores c and deletes the oldest of its user and purpose beyond storage.KeptCodes.
func (s *Store) CreateCode(ctx context.Context, c storage.Code) error {
	return s.do(ctx, "create code", func() error {
		c, err := storage.CleanCode(c)
		if err != nil {
			return err
		}
		if err := s.person(c.User); err != nil {
			return err
		}
		if _, taken := s.codes[string(c.Hash)]; taken {
			return storage.ErrExists
		}
		var kept []storage.Code
		for _, other := range s.codes {
			if other.User == c.User && other.Purpose == c.Purpose {
				kept = append(kept, other)
			}
		}
		slices.SortFunc(kept, func(a, b storage.Code) int {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), bytes.Compare(a.Hash, b.Hash))
		})
		for _, old := range kept[:max(0, len(kept)-storage.KeptCodes+1)] {
			delete(s.codes, string(old.Hash))
		}
		c.Hash = slices.Clone(c.Hash)
		s.codes[string(c.Hash)] = c
		return nil
	})
}

// Code returns a code without using it up.
func (s *Store) Code(ctx context.Context, hash []byte, purpose string, now time.Time) (storage.Code, error) {
	return get(ctx, s, "code", func() (storage.Code, error) { return s.code(hash, purpose, now) })
}

// UseCode uses a code up for a change to its user.
func (s *Store) UseCode(ctx context.Context, hash []byte, purpose string, now time.Time, c storage.UserChange) (storage.User, error) {
	return get(ctx, s, "use code", func() (storage.User, error) {
		code, err := s.code(hash, purpose, now)
		if err != nil {
			return storage.User{}, err
		}
		u, err := s.changeUser(code.User, c)
		if err == nil {
			delete(s.codes, string(hash))
		}
		return u, err
	})
}

func (s *Store) code(hash []byte, purpose string, now time.Time) (storage.Code, error) {
	c, ok := s.codes[string(hash)]
	if !ok || c.Purpose != purpose || !c.ExpiresAt.After(milli(now)) {
		return storage.Code{}, storage.ErrNotFound
	}
	c.Hash = slices.Clone(c.Hash)
	return c, nil
}

// DeleteCodes removes all of user's codes for purpose, or all if that is "".
func (s *Store) DeleteCodes(ctx context.Context, user storage.UserID, purpose string) error {
	return s.do(ctx, "delete codes", func() error {
		s.dropCodes(func(c storage.Code) bool { return c.User == user && (purpose == "" || c.Purpose == purpose) })
		return nil
	})
}

func (s *Store) dropCodes(which func(storage.Code) bool) (n int) {
	for hash, c := range s.codes {
		if which(c) {
			delete(s.codes, hash)
			n++
		}
	}
	return n
}

// CreateToken stores t.
func (s *Store) CreateToken(ctx context.Context, t storage.Token) error {
	return s.do(ctx, "create token", func() error {
		t, err := storage.CleanToken(t)
		if err != nil {
			return err
		}
		if err := s.person(t.User); err != nil {
			return err
		}
		theirs := 0
		for id, other := range s.tokens {
			if id == t.ID || bytes.Equal(other.Hash, t.Hash) {
				return storage.ErrExists
			}
			if other.User == t.User && other.ExpiresAt.After(t.CreatedAt) {
				theirs++
			}
		}
		if theirs >= storage.MostTokens {
			return storage.ErrFull
		}
		s.tokens[t.ID] = cloneToken(t)
		return nil
	})
}

// TokenByHash returns a token and its user.
func (s *Store) TokenByHash(ctx context.Context, hash []byte, now time.Time) (storage.Token, storage.User, error) {
	return two(ctx, s, "token by hash", func() (storage.Token, storage.User, error) {
		for _, t := range s.tokens {
			if bytes.Equal(t.Hash, hash) && t.ExpiresAt.After(milli(now)) {
				return cloneToken(t), s.users[t.User], nil
			}
		}
		return storage.Token{}, storage.User{}, storage.ErrNotFound
	})
}

// Tokens lists user's tokens.
func (s *Store) Tokens(ctx context.Context, user storage.UserID, now time.Time) ([]storage.Token, error) {
	return get(ctx, s, "tokens", func() ([]storage.Token, error) {
		var found []storage.Token
		for _, t := range s.tokens {
			if t.User == user && t.ExpiresAt.After(milli(now)) {
				found = append(found, cloneToken(t))
			}
		}
		slices.SortFunc(found, func(a, b storage.Token) int {
			return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID))
		})
		return found, nil
	})
}

// TouchToken sets when a token was last used.
func (s *Store) TouchToken(ctx context.Context, id string, used time.Time) error {
	return s.do(ctx, "touch token", func() error {
		t, ok := s.tokens[id]
		if !ok {
			return storage.ErrNotFound
		}
		t.LastUsedAt = milli(used)
		s.tokens[id] = t
		return nil
	})
}

// DeleteToken deletes a token of user's.
func (s *Store) DeleteToken(ctx context.Context, user storage.UserID, id string) error {
	return s.do(ctx, "delete token", func() error {
		if t, ok := s.tokens[id]; !ok || t.User != user {
			return storage.ErrNotFound
		}
		delete(s.tokens, id)
		s.tell(storage.EachID(storage.EventToken, []string{id})...)
		return nil
	})
}

// DeleteTokens deletes all of user's tokens and returns their ids.
func (s *Store) DeleteTokens(ctx context.Context, user storage.UserID) ([]string, error) {
	return get(ctx, s, "delete tokens", func() ([]string, error) {
		ended := s.dropTokens(func(t storage.Token) bool { return t.User == user })
		s.tell(storage.EachID(storage.EventToken, ended)...)
		return ended, nil
	})
}

func (s *Store) dropTokens(which func(storage.Token) bool) (ended []string) {
	for id, t := range s.tokens {
		if which(t) {
			delete(s.tokens, id)
			ended = append(ended, id)
		}
	}
	return ended
}

// DeleteExpired deletes expired codes and tokens, and invitations that expired storage.InvitationsKept ago.
func (s *Store) DeleteExpired(ctx context.Context, now time.Time) (int, error) {
	return get(ctx, s, "delete expired", func() (int, error) {
		now = milli(now)
		n := s.dropCodes(func(c storage.Code) bool { return !c.ExpiresAt.After(now) })
		n += len(s.dropTokens(func(t storage.Token) bool { return !t.ExpiresAt.After(now) }))
		n += len(s.dropInvitations(func(i storage.Invitation) bool { return !i.ExpiresAt.Add(storage.InvitationsKept).After(now) }))
		return n, nil
	})
}

// dropInvitations deletes invitations and returns their documents, once for each invitation.
func (s *Store) dropInvitations(which func(storage.Invitation) bool) (on []storage.DocumentID) {
	for id, i := range s.invitations {
		if which(i) {
			delete(s.invitations, id)
			on = append(on, i.Document)
		}
	}
	return on
}

func cloneToken(t storage.Token) storage.Token {
	t.Hash, t.Documents = slices.Clone(t.Hash), slices.Clone(t.Documents)
	return t
}
