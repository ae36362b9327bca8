package auth

import (
	"context"
	"errors"

	"quire/collab"
	"quire/server/audit"
	"quire/server/problem"
	"quire/storage"
)

// ChangePassword sets a new password for who, who must know the current one, and ends all their other sign-ins and tokens.
func (s *Service) ChangePassword(ctx context.Context, from From, who collab.Identity, current, next string) error {
	user, err := s.store.User(ctx, who.User)
	if err != nil {
		return unavailable(err)
	}
	if user.PasswordHash == "" {
		return problem.Forbidden("Your account has no password. Ask for one to be set by mail, from the page to sign in.")
	}
	if err := s.proveOwner(ctx, user, who, current, "body.current"); err != nil {
		return err
	}
	if err := checkPassword(next, "body.new"); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, knownAs(string(who.User)), next)
	if err != nil {
		return err
	}
	return s.keepPassword(ctx, from, who.User, user, storage.UserChange{PasswordHash: &hash}, who.SignIn, nil)
}

// proveOwner checks the password that a signed-in person has to repeat. Tries are counted per sign-in, so that guesses with a
// stolen cookie do not lock out the owner.
func (s *Service) proveOwner(ctx context.Context, user storage.User, who collab.Identity, password, field string) error {
	giveBack, err := s.tries.tryPassword("", "", "signed in as "+who.SignIn)
	if err != nil {
		return err
	}
	match, _, err := s.checkPassword(ctx, knownAs(string(user.ID)), password, user.PasswordHash)
	if err != nil {
		return err
	}
	if !match {
		return problem.Forbidden("The password is not right.").In(field, "is not right")
	}
	giveBack()
	return nil
}

// keepPassword makes a change that sets or removes ("") the password, then ends all of user's sign-ins except keep ("": all), their
// API tokens and the open sockets of both, and deletes codes that could set a password. code is used up by the change; nil: none.
func (s *Service) keepPassword(ctx context.Context, from From, by storage.UserID, user storage.User, change storage.UserChange, keep string, code *storage.Code) error {
	err := s.note(ctx, from, by, storage.AuditEntry{
		Action: "user.password", Subject: string(user.ID), Detail: audit.Detail("removed", *change.PasswordHash == ""),
	}, func() error {
		_, err := s.changeBy(ctx, code, user.ID, change)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.endOthers(ctx, user.ID, keep); err != nil {
		return doneBut("The password is changed, but not all sign-ins could be ended. End them in the list of "+
			"sign-ins, or change the password again.", err)
	}
	for _, purpose := range []string{codeReset, codeWelcome} {
		if err := s.store.DeleteCodes(ctx, user.ID, purpose); err != nil && !errors.Is(err, storage.ErrNotFound) {
			return doneBut("The password is changed, but older addresses that set one may still work. Change it again.", err)
		}
	}
	return nil
}
