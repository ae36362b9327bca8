package auth

import (
	"context"
	"errors"
	"strings"

	"quire/collab"
	"quire/server/audit"
	"quire/server/problem"
	"quire/storage"
)

const maxUserAgent = 300 // bytes kept of a browser's name for itself

// newSignIn signs user in, unless an administrator keeps them out; way is how they showed who they are.
func (s *Service) newSignIn(ctx context.Context, user storage.User, from From, way string) (Proof, error) {
	if user.Suspended() {
		return Proof{}, problem.Suspended()
	}
	now := s.now()
	proof := Proof{Token: randomToken(), Expires: storage.Milli(now.Add(SignInLasts))}
	signIn := storage.SignIn{
		ID: RandomID(), TokenHash: hashToken(proof.Token), User: user.ID, CreatedAt: now, LastSeenAt: now,
		ExpiresAt: proof.Expires, Address: from.Address, UserAgent: from.UserAgent[:min(len(from.UserAgent), maxUserAgent)],
	}
	create := func() error {
		if err := s.store.CreateSignIn(ctx, signIn); err != nil {
			return unavailable(err)
		}
		return nil
	}
	if user.Guest { // who came through a link is in the log by that
		return proof, create()
	}
	if s.knows(user.ID, from.Browser) == "" {
		proof.Browser = s.newBrowser(user.ID)
	}
	return proof, s.note(ctx, from, user.ID, storage.AuditEntry{
		Action: "signin.create", Subject: string(user.ID), Detail: audit.Detail("sign_in", signIn.ID, "way", way),
	}, create)
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
	proof, err := s.newSignIn(ctx, user, from, "guest")
	return user, proof, err
}

// SignIns lists user's live sign-ins, newest first.
func (s *Service) SignIns(ctx context.Context, user storage.UserID) ([]storage.SignIn, error) {
	list, err := s.store.SignIns(ctx, user, s.now())
	if err != nil {
		return nil, unavailable(err)
	}
	return list, nil
}

// EndSignIn ends one of user's sign-ins or tokens and its open sockets; by is who asks for it. That it is somebody else's
// or none is the same answer.
func (s *Service) EndSignIn(ctx context.Context, from From, by, user storage.UserID, id string) error {
	return s.note(ctx, from, by, storage.AuditEntry{
		Action: "signin.end", Subject: string(user), Detail: audit.Detail("sign_in", id),
	}, func() error { return s.endSignIn(ctx, user, id) })
}

// SignOut ends the sign-in that who came with.
func (s *Service) SignOut(ctx context.Context, from From, who collab.Identity) error {
	return s.note(ctx, from, who.User, storage.AuditEntry{
		Action: "signin.end", Subject: string(who.User), Detail: audit.Detail("sign_in", who.SignIn, "out", true),
	}, func() error { return s.endSignIn(ctx, who.User, who.SignIn) })
}

func (s *Service) endSignIn(ctx context.Context, user storage.UserID, id string) error {
	err := s.store.DeleteSignIn(ctx, user, id)
	if errors.Is(err, storage.ErrNotFound) {
		return problem.NotFound()
	} else if err != nil {
		return unavailable(err)
	}
	return nil
}

// endProof ends a sign-in that was made in this instant.
func (s *Service) endProof(ctx context.Context, user storage.UserID, proof Proof) error {
	signIn, _, err := s.store.SignInByToken(ctx, hashToken(proof.Token), s.now())
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	} else if err != nil {
		return unavailable(err)
	}
	return s.endSignIn(ctx, user, signIn.ID)
}

// EndAll ends all sign-ins and API tokens of user, and their open sockets; by is who asks for it.
func (s *Service) EndAll(ctx context.Context, from From, by, user storage.UserID) error {
	return s.note(ctx, from, by, storage.AuditEntry{
		Action: "signin.end", Subject: string(user), Detail: audit.Detail("all", true),
	}, func() error { return s.endAll(ctx, user) })
}

// endAll also ends sockets here that were opened with an application's tokens. Others are told of each proof by its id, not of
// the person: what they learn half a second later must not end a sign-in that was made meanwhile.
func (s *Service) endAll(ctx context.Context, user storage.UserID) error {
	err := s.deleteProofs(ctx, user, "")
	if err == nil && s.cfg.Listener != nil {
		s.cfg.Listener.Apply(storage.Event{Kind: storage.EventEnded, Users: []storage.UserID{user}})
	}
	return err
}

// endOthers ends all sign-ins of user but one, their API tokens, and the open sockets of both.
func (s *Service) endOthers(ctx context.Context, user storage.UserID, keep string) error {
	if keep == "" {
		return s.endAll(ctx, user)
	}
	return s.deleteProofs(ctx, user, keep)
}

// deleteProofs deletes all sign-ins of user but keep ("": all) and their API tokens.
func (s *Service) deleteProofs(ctx context.Context, user storage.UserID, keep string) error {
	if _, err := s.store.DeleteSignIns(ctx, user, keep); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return unavailable(err)
	}
	if _, err := s.store.DeleteTokens(ctx, user); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return unavailable(err)
	}
	return nil
}

// SignInOfToken is what stands as the sign-in of who came by one of a person's own tokens.
func (s *Service) SignInOfToken(id string) string { return tokenSignIn + id }

// Expire removes sign-ins, codes and tokens that ended by themselves and tells how many.
func (s *Service) Expire(ctx context.Context) (int, error) {
	signIns, err := s.store.DeleteExpiredSignIns(ctx, s.now())
	if err != nil {
		return signIns, err
	}
	others, err := s.store.DeleteExpired(ctx, s.now())
	return signIns + others, err
}

// StillCounts reports whether what a socket was opened with still counts.
func (s *Service) StillCounts(ctx context.Context, p collab.Proof) (bool, error) {
	if id, ok := strings.CutPrefix(p.SignIn, tokenSignIn); ok {
		_, err := s.tokenOf(ctx, p.User, id)
		if errors.Is(err, storage.ErrNotFound) {
			return false, nil
		}
		return err == nil, err
	}
	signIn, err := s.store.SignIn(ctx, p.SignIn, s.now())
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil && signIn.User == p.User, err
}

// PersonOf is a person as others in a document see them.
func (s *Service) PersonOf(u storage.User) collab.Person {
	return collab.Person{ID: u.ID, Name: u.Name, Color: u.Color, Guest: u.Guest, Picture: PicturePath(u)}
}

// PicturePath is where a person's picture is; "" if they have none. It changes with the picture, so it can be kept.
func PicturePath(u storage.User) string {
	if u.Picture == "" {
		return ""
	}
	return "/api/v1/users/" + string(u.ID) + "/picture?v=" + u.Picture
}

// note makes a change that the audit log tells of; by is who makes it, "" the command line.
func (s *Service) note(ctx context.Context, from From, by storage.UserID, e storage.AuditEntry, change func() error) error {
	e.At, e.Actor, e.Address = s.now(), by, from.Address
	return audit.Do(ctx, s.store, s.log, e, change)
}
