package auth

import (
	"context"
	"errors"
	"strings"

	"quire/collab"
	"quire/server/audit"
	"quire/storage"
)

// signUpBySubject creates an account for somebody who came from the provider, under the same rules as SignUp: a guest becomes the
// account. The first account, the administrator's, cannot be created this way.
func (s *Service) signUpBySubject(ctx context.Context, from From, current *collab.Identity, c oidcClaims, email, issuer string) (user storage.User, word string, err error) {
	first, err := s.SetupRequired(ctx)
	guest := current != nil && current.Guest
	switch {
	case err != nil:
		return user, "", err
	case first || s.Signup() == SignupClosed:
		return user, oidcClosed, nil
	case s.Signup() == SignupInvite && !guest:
		return user, oidcInvite, nil
	}
	user = storage.User{
		ID: storage.UserID(RandomID()), Email: email, Name: oidcPersonName(c), Issuer: issuer, Subject: c.Subject, CreatedAt: s.now(),
	}
	if bool(c.Verified) {
		user.VerifiedAt = user.CreatedAt
	}
	if guest {
		user.ID = current.User
	}
	user.Color = colorOf(user.ID)
	err = s.note(ctx, from, user.ID, storage.AuditEntry{
		Action: "user.create", Subject: string(user.ID), Detail: audit.Detail("way", "oidc", "guest", guest),
	}, func() (err error) {
		if guest {
			user, err = s.promote(ctx, user)
			return err
		}
		return s.store.CreateUser(ctx, user)
	})
	if errors.Is(err, storage.ErrExists) { // another request of theirs was faster: it is there now
		if user, err = s.store.UserBySubject(ctx, issuer, c.Subject); isAbsent(err) {
			return user, oidcUnverified, nil
		}
	}
	if err == nil {
		if _, err := s.mailVerification(ctx, user); err != nil {
			s.log.Warn("letter to verify an address not written; it can be asked for again", "user", user.ID, "err", err)
		}
	}
	return user, "", err
}

func oidcPersonName(c oidcClaims) string {
	for _, name := range []string{c.Name, c.Username, c.Email} {
		local, _, _ := strings.Cut(name, "@") // many providers name people by their e-mail, and a name is shown to everybody
		if name = cleanName(local); name != "" {
			return name
		}
	}
	return "Someone"
}
