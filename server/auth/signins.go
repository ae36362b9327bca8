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

// wayElsewhere is the way of somebody who came from the provider, which did not ask them who they are just now.
const wayElsewhere = "oidc, signed in there"

// newSignIn signs user in unless they are suspended. way is how they authenticated, for the audit log.
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
	if user.Guest { // the audit log has the use of the link that made the guest
		return proof, create()
	}
	proof.Browser = s.unlessKnown(user, from.Browser)
	if way == wayElsewhere {
		way = "oidc"
	} else {
		proof.Shown = s.shown(user, signIn.ID)
	}
	return proof, s.note(ctx, from, user.ID, storage.AuditEntry{
		Action: "signin.create", Subject: string(user.ID), Detail: audit.Detail("sign_in", signIn.ID, "way", way),
	}, create)
}

// NewGuest creates a person without e-mail and signs them in. name "" and color nil choose one.
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

// EndSignIn ends one of user's sign-ins and closes its sockets; by is who asks for it. The problem is "not found" both for
// somebody else's sign-in and for one that does not exist.
func (s *Service) EndSignIn(ctx context.Context, from From, by, user storage.UserID, id string) error {
	return s.note(ctx, from, by, storage.AuditEntry{
		Action: "signin.end", Subject: string(user), Detail: audit.Detail("sign_in", id),
	}, func() error { return s.endSignIn(ctx, user, id) })
}

// SignOut ends the sign-in with which who made this request.
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

// endProof ends the sign-in of a proof that was just made.
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

// endAll ends all proofs of user and closes all their sockets here, also those opened with an application's token. Other nodes
// learn the id of each ended proof, not the person: an event that arrives half a second later must not end a newer sign-in.
func (s *Service) endAll(ctx context.Context, user storage.UserID) error {
	err := s.deleteProofs(ctx, user, "")
	if err == nil && s.cfg.Listener != nil {
		s.cfg.Listener.Apply(storage.Event{Kind: storage.EventEnded, Users: []storage.UserID{user}})
	}
	return err
}

// endOthers ends all sign-ins of user except keep ("": all), all API tokens, and the open sockets of both.
func (s *Service) endOthers(ctx context.Context, user storage.UserID, keep string) error {
	if keep == "" {
		return s.endAll(ctx, user)
	}
	return s.deleteProofs(ctx, user, keep)
}

// deleteProofs deletes all sign-ins of user except keep ("": all) and all API tokens.
func (s *Service) deleteProofs(ctx context.Context, user storage.UserID, keep string) error {
	if _, err := s.store.DeleteSignIns(ctx, user, keep); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return unavailable(err)
	}
	if _, err := s.store.DeleteTokens(ctx, user); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return unavailable(err)
	}
	return nil
}

// SignInOfToken returns the collab.Identity.SignIn of a request that came with the API token id.
func (s *Service) SignInOfToken(id string) string { return tokenSignIn + id }

// Expire deletes expired sign-ins, codes and tokens and returns how many.
func (s *Service) Expire(ctx context.Context) (int, error) {
	signIns, err := s.store.DeleteExpiredSignIns(ctx, s.now())
	if err != nil {
		return signIns, err
	}
	others, err := s.store.DeleteExpired(ctx, s.now())
	return signIns + others, err
}

// StillCounts reports whether the sign-in or API token that a socket was opened with is still valid.
func (s *Service) StillCounts(ctx context.Context, p collab.Proof) (bool, error) {
	if id, ok := strings.CutPrefix(p.SignIn, tokenSignIn); ok {
		_, err := s.TokenOf(ctx, p.User, id)
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

// PersonOf returns a user as others in a document see them.
func (s *Service) PersonOf(u storage.User) collab.Person {
	return collab.Person{ID: u.ID, Name: u.Name, Color: u.Color, Guest: u.Guest, Picture: PicturePath(u)}
}

// PicturePath returns the URL path of a person's picture; "" if they have none. It changes with the picture, so browsers can
// cache it for good.
func PicturePath(u storage.User) string {
	if u.Picture == "" {
		return ""
	}
	return "/api/v1/users/" + string(u.ID) + "/picture?v=" + u.Picture
}

// note makes a change together with its audit entry (audit.Do); by is who makes it, "" for the command line.
func (s *Service) note(ctx context.Context, from From, by storage.UserID, e storage.AuditEntry, change func() error) error {
	e.At, e.Actor, e.Address = s.now(), by, from.Address
	return audit.Do(ctx, s.store, s.log, e, change)
}
