package auth

import (
	"context"
	"errors"

	"quire/collab"
	"quire/server/problem"
	"quire/storage"
)

const maxUserAgent = 300 // bytes kept of a browser's name for itself

func (s *Service) newSignIn(ctx context.Context, user storage.UserID, from From) (Proof, error) {
	now := s.now()
	proof := Proof{Token: randomToken(), Expires: storage.Milli(now.Add(SignInLasts))}
	err := s.store.CreateSignIn(ctx, storage.SignIn{
		ID: RandomID(), TokenHash: hashToken(proof.Token), User: user, CreatedAt: now, LastSeenAt: now,
		ExpiresAt: proof.Expires, Address: from.Address, UserAgent: from.UserAgent[:min(len(from.UserAgent), maxUserAgent)],
	})
	if err != nil {
		return Proof{}, unavailable(err)
	}
	return proof, nil
}

// NewGuest makes a person without e-mail and signs them in. name may be empty; color nil chooses one.
func (s *Service) NewGuest(ctx context.Context, from From, name string, color *int) (storage.User, Proof, error) {
	user := storage.User{ID: storage.UserID(RandomID()), Name: "Guest", Guest: true, CreatedAt: s.now()}
	user.Color = colorOf(user.ID)
	if name != "" {
		checked, err := CheckName(name, "body.name")
		if err != nil {
			return user, Proof{}, err
		}
		user.Name = checked
	}
	if color != nil {
		user.Color = *color
	}
	if err := s.store.CreateUser(ctx, user); err != nil {
		return user, Proof{}, unavailable(err)
	}
	proof, err := s.newSignIn(ctx, user.ID, from)
	return user, proof, err
}

// SignIns lists who's live sign-ins, newest first.
func (s *Service) SignIns(ctx context.Context, who collab.Identity) ([]storage.SignIn, error) {
	list, err := s.store.SignIns(ctx, who.User, s.now())
	if err != nil {
		return nil, unavailable(err)
	}
	return list, nil
}

// EndSignIn ends one of who's sign-ins and its open sockets. That it is somebody else's or none is the same answer.
func (s *Service) EndSignIn(ctx context.Context, who collab.Identity, id string) error {
	err := s.store.DeleteSignIn(ctx, who.User, id)
	if errors.Is(err, storage.ErrNotFound) {
		return problem.NotFound()
	} else if err != nil {
		return unavailable(err)
	}
	s.signInEnded(id)
	return nil
}

// Expire removes sign-ins that ended by themselves and tells how many.
func (s *Service) Expire(ctx context.Context) (int, error) {
	return s.store.DeleteExpiredSignIns(ctx, s.now())
}

func (s *Service) signInEnded(id string) {
	if s.cfg.Listener != nil {
		s.cfg.Listener.SignInEnded(id)
	}
}

func (s *Service) userChanged(u storage.User) {
	if s.cfg.Listener != nil {
		s.cfg.Listener.UserChanged(collab.Person{ID: u.ID, Name: u.Name, Color: u.Color, Guest: u.Guest})
	}
}
