package auth

import (
	"context"
	"errors"

	"quire/collab"
	"quire/server/problem"
	"quire/storage"
)

// ChangePassword sets a new password for who, who must know the current one, and ends all their other sign-ins.
func (s *Service) ChangePassword(ctx context.Context, who collab.Identity, current, next string) error {
	user, err := s.store.User(ctx, who.User)
	if err != nil {
		return unavailable(err)
	}
	if user.PasswordHash == "" {
		return problem.Forbidden("Only accounts have a password.")
	}
	account := storage.Fold(user.Email)
	if wait, ok := s.tries.account.take(account); !ok {
		return tooMany(wait)
	}
	match, _, err := s.hasher.check(ctx, current, user.PasswordHash)
	if err != nil {
		return err
	}
	if !match {
		return problem.Forbidden("The current password is not right.").In("body.current", "is not right")
	}
	s.tries.account.give(account)
	if err := checkPassword(next, "body.new"); err != nil {
		return err
	}
	return s.setPassword(ctx, user.ID, next, who.SignIn)
}

// ResetPassword gives the account of that e-mail a new random password, ends all its sign-ins and returns the password.
// It is for quire user reset-password; storage.ErrNotFound if there is no such account.
func (s *Service) ResetPassword(ctx context.Context, email string) (string, error) {
	user, err := s.store.UserByEmail(ctx, email)
	if err != nil {
		return "", err
	}
	password := RandomID()
	return password, s.setPassword(ctx, user.ID, password, "")
}

// AddAccount makes an account with a random password, which it returns. It is for quire user add.
func (s *Service) AddAccount(ctx context.Context, name, email string, admin bool) (string, error) {
	password := RandomID()
	user, err := newAccount(NewAccount{Name: name, Email: email, Password: password})
	if err != nil {
		return "", err
	}
	user.Admin, user.CreatedAt = admin, s.now()
	if user.PasswordHash, err = s.hasher.hash(ctx, password); err != nil {
		return "", err
	}
	return password, s.store.CreateUser(ctx, user)
}

func (s *Service) setPassword(ctx context.Context, user storage.UserID, password, keep string) error {
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	if _, err := s.store.ChangeUser(ctx, user, storage.UserChange{PasswordHash: &hash}); err != nil {
		return unavailable(err)
	}
	return s.endOthers(ctx, user, keep)
}

// endOthers ends all sign-ins of user but one ("": all), their open sockets too.
func (s *Service) endOthers(ctx context.Context, user storage.UserID, keep string) error {
	ended, err := s.store.DeleteSignIns(ctx, user, keep)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return unavailable(err)
	}
	for _, id := range ended {
		s.signInEnded(id)
	}
	return nil
}
