package auth

import (
	"context"
	"errors"
	"time"

	"quire/server/problem"
	"quire/storage"
)

// What codes are good for. Only a hash of a code is kept; the code itself is in a letter, or printed once.
const (
	codeVerify = "verify" // shows that the account's address is its owner's
	codeEmail  = "email"  // the same of the address that is to take its place
	codeReset  = "reset"  // sets a password

	codeWelcome = "welcome" // sets the first password of an account that somebody else made
)

const (
	verifyLasts  = 3 * 24 * time.Hour
	resetLasts   = time.Hour
	welcomeLasts = 3 * 24 * time.Hour // of the address that an administrator hands over
)

// newCode makes a code for user that was, or will be, sent to email.
func (s *Service) newCode(ctx context.Context, user storage.UserID, purpose, email string, lasts time.Duration) (string, error) {
	code := randomToken()
	now := s.now()
	err := s.store.CreateCode(ctx, storage.Code{
		Hash: hashToken(code), Purpose: purpose, User: user, Email: email, CreatedAt: now, ExpiresAt: now.Add(lasts),
	})
	if err != nil {
		return "", unavailable(err)
	}
	return code, nil
}

// lookAt returns a code of one of the purposes without using it up, and its purpose; what is none counts against address.
func (s *Service) lookAt(ctx context.Context, address, code string, purposes ...string) (storage.Code, error) {
	for _, purpose := range purposes {
		c, err := s.store.Code(ctx, hashToken(code), purpose, s.now())
		if err == nil {
			return c, nil
		} else if !errors.Is(err, storage.ErrNotFound) {
			return c, unavailable(err)
		}
	}
	if err := s.tries.tryFrom(address); err != nil {
		return storage.Code{}, err
	}
	return storage.Code{}, codeGone()
}

// changeBy changes a user, where c is not nil by that code: it is used up with the change or, whatever fails, not at all. Of
// many at once one wins.
func (s *Service) changeBy(ctx context.Context, c *storage.Code, user storage.UserID, change storage.UserChange) (storage.User, error) {
	if c == nil {
		changed, err := s.store.ChangeUser(ctx, user, change)
		if err != nil && !errors.Is(err, storage.ErrExists) {
			err = unavailable(err)
		}
		return changed, err
	}
	changed, err := s.store.UseCode(ctx, c.Hash, c.Purpose, s.now(), change)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		err = codeGone()
	case err != nil && !errors.Is(err, storage.ErrExists):
		err = unavailable(err)
	}
	return changed, err
}

func codeGone() error {
	return problem.CodeGone()
}
