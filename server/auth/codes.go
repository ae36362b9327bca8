package auth

import (
	"context"
	"errors"
	"time"

	"quire/server/problem"
	"quire/storage"
)

// Purposes of codes. Only a code's hash is stored; the code itself is in a letter or shown once.
const (
	codeVerify = "verify" // proves that the account's address is its owner's
	codeEmail  = "email"  // proves the same of the address that is to replace it
	codeReset  = "reset"  // sets a password

	codeWelcome = "welcome" // sets the first password of an account that somebody else made
)

const (
	verifyLasts  = 3 * 24 * time.Hour
	resetLasts   = time.Hour
	welcomeLasts = 3 * 24 * time.Hour // of the address that an administrator hands over
)

// newCode stores a new code for user and returns it. email is where it will be sent; "" if it is not mailed.
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

// lookAt returns a code that has one of the purposes, without using it up. An unknown code counts as a try by address.
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

// changeBy changes a user. If c is not nil, the code is used up together with the change, or neither happens; of several concurrent
// calls with one code a single one succeeds.
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
