package auth

import (
	"context"
	"errors"
	"net/http"
	"time"

	"quire/collab"
	"quire/server/audit"
	"quire/server/problem"
	"quire/storage"
)

// This file has what administrators do with accounts, in the app or on the command line; by is who does it, "" for the latter.

// AddAccount creates an account without a password, vouches for it, and returns the code with which its owner sets one. mailed
// reports whether the code was also mailed to them.
func (s *Service) AddAccount(ctx context.Context, from From, by storage.UserID, name, email string, admin bool) (user storage.User, code string, mailed bool, err error) {
	now := s.now()
	user = storage.User{ID: storage.UserID(RandomID()), Admin: admin, CreatedAt: now, KnownAt: now}
	user.Color = colorOf(user.ID)
	if user.Name, err = CheckName(name, "body.name"); err != nil {
		return user, "", false, err
	}
	if user.Email, err = checkEmail(email, "body.email"); err != nil {
		return user, "", false, err
	}
	err = s.note(ctx, from, by, storage.AuditEntry{
		Action: "user.create", Subject: string(user.ID), Detail: audit.Detail("way", "administrator", "admin", admin),
	}, func() error {
		err := s.store.CreateUser(ctx, user)
		if errors.Is(err, storage.ErrExists) {
			return problem.EmailTaken("There is an account with this e-mail.").Caused(err)
		} else if err != nil {
			return unavailable(err)
		}
		return nil
	})
	if err != nil {
		return user, "", false, err
	}
	if code, err = s.handedCode(ctx, user.ID, codeWelcome, welcomeLasts); err != nil {
		return user, "", false, doneBut("The account is made, but not the address at which its owner chooses a password. Make one for them.", err)
	}
	return user, code, s.mailWelcome(user, code), nil
}

// handedCode returns a code that sets a password and is passed on by an administrator. It names no e-mail, because having it does
// not prove that an address is its owner's.
func (s *Service) handedCode(ctx context.Context, user storage.UserID, purpose string, lasts time.Duration) (string, error) {
	return s.newCode(ctx, user, purpose, "", lasts)
}

// ResetPassword removes the account's password, ends all its sign-ins and tokens, and returns the code with which its owner sets
// a new one.
func (s *Service) ResetPassword(ctx context.Context, from From, by storage.UserID, user storage.User) (code string, err error) {
	none := ""
	if err := s.keepPassword(ctx, from, by, user, storage.UserChange{PasswordHash: &none}, "", nil); err != nil {
		return "", err
	}
	if code, err = s.handedCode(ctx, user.ID, codeReset, resetLasts*24); err != nil {
		return "", doneBut("The password is taken away, but the address at which another is chosen could not be made. Try again.", err)
	}
	return code, nil
}

// EndAny ends the sign-in or API token of user that has the id.
func (s *Service) EndAny(ctx context.Context, from From, by, user storage.UserID, id string) error {
	err := s.EndSignIn(ctx, from, by, user, id)
	if err != nil && problem.From(err).Status == http.StatusNotFound {
		err = s.EndToken(ctx, from, by, user, id)
	}
	return err
}

// AccountOf returns the account of an e-mail address; storage.ErrNotFound if there is none.
func (s *Service) AccountOf(ctx context.Context, email string) (storage.User, error) {
	return s.store.UserByEmail(ctx, email)
}

// SetAdmin makes user an administrator or an ordinary user. The last administrator can't be removed.
func (s *Service) SetAdmin(ctx context.Context, from From, by storage.UserID, user storage.User, admin bool) (storage.User, error) {
	if user.Admin == admin {
		return user, nil
	}
	if user.Email == "" {
		return user, problem.Invalid("Only an account can be an administrator's.").In("body.admin", "needs an account")
	}
	return s.change(ctx, from, by, user, storage.UserChange{Admin: &admin}, audit.Detail("admin", admin))
}

// SetKnown sets whether an administrator vouches for an account.
func (s *Service) SetKnown(ctx context.Context, from From, by storage.UserID, user storage.User, known bool) (storage.User, error) {
	if !user.Account() {
		return user, problem.Invalid("Only somebody with an account can be vouched for.").In("body.known", "needs an account")
	}
	at := time.Time{}
	if known {
		at = s.now()
	}
	return s.change(ctx, from, by, user, storage.UserChange{KnownAt: &at}, audit.Detail("known", known))
}

// SetSuspended suspends an account, ending all its sign-ins, or lifts that. Its documents and roles stay as they are.
func (s *Service) SetSuspended(ctx context.Context, from From, by storage.UserID, user storage.User, suspended bool) (storage.User, error) {
	if user.Suspended() == suspended {
		return user, nil
	}
	at := time.Time{}
	if suspended {
		at = s.now()
		switch {
		case !user.Account():
			return user, problem.Invalid("Only somebody with an account can be suspended.").In("body.suspended", "needs an account")
		case user.ID == by:
			return user, problem.Conflict("You can't suspend yourself.").In("body.suspended", "would be yourself")
		}
	}
	user, err := s.change(ctx, from, by, user, storage.UserChange{SuspendedAt: &at}, audit.Detail("suspended", suspended))
	if err != nil || !suspended {
		return user, err
	}
	if err := s.endAll(ctx, user.ID); err != nil { // later sign-ins are refused because of SuspendedAt
		return user, problem.Unavailable("The account is suspended, but not all sign-ins could be ended. End them in the list.").Caused(err)
	}
	return user, nil
}

// SetQuota sets how many bytes user may store: 0 for the installation's default, negative for no limit.
func (s *Service) SetQuota(ctx context.Context, from From, by storage.UserID, user storage.User, bytes int64) (storage.User, error) {
	return s.change(ctx, from, by, user, storage.UserChange{Quota: &bytes}, audit.Detail("quota", bytes))
}

func (s *Service) change(ctx context.Context, from From, by storage.UserID, user storage.User, c storage.UserChange, detail string) (storage.User, error) {
	err := s.note(ctx, from, by, storage.AuditEntry{Action: "user.change", Subject: string(user.ID), Detail: detail}, func() error {
		changed, err := s.store.ChangeUser(ctx, user.ID, c)
		switch {
		case errors.Is(err, storage.ErrNotFound):
			return problem.NotFound()
		case errors.Is(err, storage.ErrLastAdmin):
			return onlyAdmin().Caused(err)
		case err != nil:
			return unavailable(err)
		}
		user = changed
		return nil
	})
	return user, err
}

// MayLeave checks that who may delete their own account and confirmed it: with the password or, for an account without one, by
// typing its e-mail and as Proved wants. Guests have neither and need no confirmation.
func (s *Service) MayLeave(ctx context.Context, from From, who collab.Identity, password, confirm string) (storage.User, error) {
	user, err := s.store.User(ctx, who.User)
	if err != nil {
		return user, unavailable(err)
	}
	switch {
	case user.PasswordHash != "":
		err = s.provedBy(ctx, from, user, who, password, "body.password")
	case user.Email != "" && storage.Fold(confirm) != storage.Fold(user.Email):
		err = problem.Forbidden("Write your e-mail address to confirm.").In("body.confirm", "is not your e-mail address")
	case user.Email != "":
		err = s.proved(from, user, who)
	}
	if err != nil {
		return user, err
	}
	return user, s.MayLose(ctx, user)
}

func onlyAdmin() *problem.Problem {
	return problem.Conflict("This is the only administrator. Make somebody else one first.")
}

// MayLose returns a problem if user is the last administrator who is not suspended. It is asked before a deletion begins; the store
// decides in the end.
func (s *Service) MayLose(ctx context.Context, user storage.User) error {
	if !user.Admin {
		return nil
	}
	q := storage.PersonQuery{Limit: 100}
	for {
		page, err := s.store.ListPeople(ctx, q)
		if err != nil {
			return unavailable(err)
		}
		for _, p := range page {
			if p.User.Admin && !p.User.Suspended() && p.User.ID != user.ID {
				return nil
			}
		}
		if len(page) < q.Limit {
			return onlyAdmin()
		}
		last := page[len(page)-1].User
		q.AfterName, q.AfterID = storage.Fold(last.Name), last.ID
	}
}
