package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"quire/storage"
)

// CreateUser stores u.
func (s *Store) CreateUser(ctx context.Context, u storage.User) error {
	return s.do(ctx, "create user", func() error { return s.createUser(u) })
}

// CreateFirstUser stores u if there is no account yet.
func (s *Store) CreateFirstUser(ctx context.Context, u storage.User) error {
	return s.do(ctx, "create first user", func() error {
		if u.Email == "" {
			return fmt.Errorf("%w: without an e-mail", storage.ErrInvalid)
		}
		if len(s.emails) > 0 {
			return storage.ErrExists
		}
		return s.createUser(u)
	})
}

func (s *Store) createUser(u storage.User) error {
	if err := storage.CheckUser(u); err != nil {
		return err
	}
	u = storage.NewUser(u)
	if _, id := s.users[u.ID]; id || s.taken(u) {
		return storage.ErrExists
	}
	s.keepUser(u)
	return nil
}

// HasAccounts reports whether any user has an e-mail.
func (s *Store) HasAccounts(ctx context.Context) (bool, error) {
	return get(ctx, s, "has accounts", func() (bool, error) { return len(s.emails) > 0, nil })
}

// User returns a user by id.
func (s *Store) User(ctx context.Context, id storage.UserID) (storage.User, error) {
	return s.findUser(ctx, "user", func() storage.UserID { return id })
}

// UserByEmail returns a user by e-mail, whatever its case.
func (s *Store) UserByEmail(ctx context.Context, email string) (storage.User, error) {
	return s.findUser(ctx, "user by email", func() storage.UserID { return s.emails[storage.Fold(email)] })
}

// UserBySubject returns the user that an application's tokens name.
func (s *Store) UserBySubject(ctx context.Context, issuer, subject string) (storage.User, error) {
	return s.findUser(ctx, "user by subject", func() storage.UserID {
		return s.subjects[[2]string{storage.Text(issuer), storage.Text(subject)}]
	})
}

func (s *Store) findUser(ctx context.Context, what string, id func() storage.UserID) (storage.User, error) {
	return get(ctx, s, what, func() (storage.User, error) {
		u, ok := s.users[id()]
		if !ok {
			return storage.User{}, storage.ErrNotFound
		}
		return u, nil
	})
}

// Users returns those users that exist.
func (s *Store) Users(ctx context.Context, ids []storage.UserID) ([]storage.User, error) {
	return get(ctx, s, "users", func() ([]storage.User, error) {
		var found []storage.User
		for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
			if u, ok := s.users[id]; ok {
				found = append(found, u)
			}
		}
		return found, nil
	})
}

// Accounts lists accounts whose name contains text, without deleted or suspended ones.
func (s *Store) Accounts(ctx context.Context, text string, limit int) ([]storage.User, error) {
	return get(ctx, s, "accounts", func() ([]storage.User, error) {
		var found []storage.User
		for _, u := range s.users {
			if u.Account() && !u.Suspended() && u.DeletedAt.IsZero() && strings.Contains(storage.Fold(u.Name), storage.Fold(text)) {
				found = append(found, u)
			}
		}
		slices.SortFunc(found, func(a, b storage.User) int {
			return byName([2]string{storage.Fold(a.Name), string(a.ID)}, [2]string{storage.Fold(b.Name), string(b.ID)})
		})
		return found[:min(len(found), max(limit, 0))], nil
	})
}

// ChangeUser sets fields of a user.
func (s *Store) ChangeUser(ctx context.Context, id storage.UserID, c storage.UserChange) (storage.User, error) {
	return get(ctx, s, "change user", func() (storage.User, error) { return s.changeUser(id, c) })
}

func (s *Store) changeUser(id storage.UserID, c storage.UserChange) (storage.User, error) {
	if err := s.person(id); err != nil {
		return storage.User{}, err
	}
	was := s.users[id]
	u := storage.CleanUser(c.Apply(was))
	if err := cmp.Or(c.Check(was), storage.CheckUser(u)); err != nil {
		return storage.User{}, err
	}
	if s.taken(u) {
		return storage.User{}, storage.ErrExists
	}
	if was.InCharge() && !u.InCharge() && !s.inChargeWithout(id) {
		return storage.User{}, storage.ErrLastAdmin
	}
	delete(s.emails, storage.Fold(was.Email))
	delete(s.subjects, [2]string{was.Issuer, was.Subject})
	s.keepUser(u)
	s.tell(storage.PersonEvents(was, u)...)
	return u, nil
}

// inChargeWithout reports whether somebody other than user is in charge.
func (s *Store) inChargeWithout(user storage.UserID) bool {
	for id, u := range s.users {
		if id != user && u.InCharge() {
			return true
		}
	}
	return false
}

// taken reports whether another user has u's e-mail or subject.
func (s *Store) taken(u storage.User) bool {
	byMail, mail := s.emails[storage.Fold(u.Email)]
	bySubject, subject := s.subjects[[2]string{u.Issuer, u.Subject}]
	return mail && byMail != u.ID || subject && bySubject != u.ID
}

// keepUser stores u, and indexes its e-mail and subject.
func (s *Store) keepUser(u storage.User) {
	s.users[u.ID] = u
	if u.Email != "" {
		s.emails[storage.Fold(u.Email)] = u.ID
	}
	if u.Subject != "" {
		s.subjects[[2]string{u.Issuer, u.Subject}] = u.ID
	}
}
