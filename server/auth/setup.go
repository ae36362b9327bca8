package auth

import (
	"context"
	"crypto/hmac"
	"errors"

	"quire/server/problem"
	"quire/storage"
)

// setupKey is where the set-up code's random half is kept. The code is this half signed with SECRET_KEY, so that the
// database alone does not hold it, and every start can print the same address.
const setupKey = "setup_code"

// SetupCode returns the one-time code with which the first account is made; "" once there is an account.
func (s *Service) SetupCode(ctx context.Context) (string, error) {
	needed, err := s.SetupRequired(ctx)
	if err != nil || !needed {
		return "", err
	}
	for {
		half, err := s.store.Setting(ctx, setupKey)
		if err == nil {
			return s.setupCode(half), nil
		} else if !errors.Is(err, storage.ErrNotFound) {
			return "", err
		}
		half = []byte(randomToken())
		err = s.store.SetSetting(ctx, setupKey, half, nil)
		if err == nil {
			return s.setupCode(half), nil
		} else if !errors.Is(err, storage.ErrConflict) { // else another node made it in this instant: read it
			return "", err
		}
	}
}

func (s *Service) setupCode(half []byte) string {
	return encoding.EncodeToString(s.sign(forSetup, half)[:18])
}

// maySetUp returns a problem unless code allows creating the first account.
func (s *Service) maySetUp(ctx context.Context, code string) error {
	if s.cfg.Loopback && code == "" {
		return nil
	}
	if code == "" {
		return problem.Forbidden("The first account is made through the set-up address that Quire printed when it started. "+
			"The command quire setup prints it again.").In("body.setup_code", "is missing")
	}
	half, err := s.store.Setting(ctx, setupKey)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return unavailable(err)
	}
	if err != nil || !hmac.Equal([]byte(code), []byte(s.setupCode(half))) {
		return problem.Forbidden("This set-up address doesn't count. The command quire setup prints the one that does.").
			In("body.setup_code", "is not the one that was printed")
	}
	return nil
}

// createFirst creates the administrator's account, unless somebody was faster, and deletes the set-up code.
func (s *Service) createFirst(ctx context.Context, user storage.User) (storage.User, error) {
	user.Admin, user.KnownAt = true, user.CreatedAt
	err := s.store.CreateFirstUser(ctx, user)
	if errors.Is(err, storage.ErrExists) {
		return user, problem.Conflict("Somebody has just made the first account. Sign in, or ask them for an invitation.")
	} else if err != nil {
		return user, unavailable(err)
	}
	half, err := s.store.Setting(ctx, setupKey)
	if err == nil {
		err = s.store.SetSetting(ctx, setupKey, nil, half)
	}
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		s.log.Warn("used set-up code not removed; it opens nothing any more", "err", err)
	}
	return user, nil
}
