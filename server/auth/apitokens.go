package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"quire/collab"
	"quire/server/audit"
	"quire/server/problem"
	"quire/storage"
)

// Scopes of an API token.
const (
	ScopeRead  = "read"  // may read what its person may read
	ScopeWrite = "write" // may also change documents; routes marked personal need a browser's sign-in
)

const (
	tokenPrefix   = "qt_"    // distinguishes it from an application's token, and lets secret scanners find leaked ones
	tokenSignIn   = "token:" // prefix of a token's id where a sign-in's id is expected (collab.Identity.SignIn)
	mostTokenDays = 366
)

// MakeToken creates an API token for programs that act for who, and returns it with its secret, of which only a hash is stored.
func (s *Service) MakeToken(ctx context.Context, from From, who collab.Identity, name, scope string, days int) (storage.Token, string, error) {
	if who.Guest {
		return storage.Token{}, "", problem.Forbidden("Make an account to have API tokens.")
	}
	name, err := CheckName(name, "body.name")
	if err != nil {
		return storage.Token{}, "", err
	}
	if scope != ScopeRead && scope != ScopeWrite {
		return storage.Token{}, "", problem.Invalid("There are read and write.").In("body.scope", "is not a scope")
	}
	if days < 1 || days > mostTokenDays {
		return storage.Token{}, "", problem.Invalid("A token lasts 1 to 366 days.").In("body.expires_in_days", "is not from 1 to 366")
	}
	now := storage.Milli(s.now())
	secret := tokenPrefix + randomToken()
	t := storage.Token{
		ID: RandomID(), Hash: hashToken(secret), User: who.User, Name: name, Scope: scope, CreatedAt: now,
		ExpiresAt: now.Add(time.Duration(days) * 24 * time.Hour),
	}
	err = s.note(ctx, from, who.User, storage.AuditEntry{
		Action: "token.create", Subject: string(who.User), Detail: audit.Detail("token", t.ID, "name", name, "scope", scope),
	}, func() error {
		err := s.store.CreateToken(ctx, t)
		if errors.Is(err, storage.ErrFull) {
			return problem.Conflict("You have 50 tokens. End one that you no longer use.").Caused(err)
		} else if err != nil {
			return unavailable(err)
		}
		return nil
	})
	return t, secret, err
}

// Tokens lists user's API tokens, newest first.
func (s *Service) Tokens(ctx context.Context, user storage.UserID) ([]storage.Token, error) {
	list, err := s.store.Tokens(ctx, user, s.now())
	if err != nil {
		return nil, unavailable(err)
	}
	return list, nil
}

// EndToken ends one of user's API tokens and closes its sockets; by is who asks for it.
func (s *Service) EndToken(ctx context.Context, from From, by, user storage.UserID, id string) error {
	return s.note(ctx, from, by, storage.AuditEntry{
		Action: "token.end", Subject: string(user), Detail: audit.Detail("token", id),
	}, func() error {
		err := s.store.DeleteToken(ctx, user, id)
		if errors.Is(err, storage.ErrNotFound) {
			return problem.NotFound()
		} else if err != nil {
			return unavailable(err)
		}
		return nil
	})
}

// isAPIToken returns the token in an Authorization header, and reports whether it is one of our API tokens.
func isAPIToken(header string) (string, bool) {
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "bearer") && strings.HasPrefix(token, tokenPrefix)
}

func (s *Service) byAPIToken(ctx context.Context, secret string) (collab.Identity, error) {
	now := s.now()
	t, user, err := s.store.TokenByHash(ctx, hashToken(secret), now)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return collab.Identity{}, problem.SignedOut("This API token has ended, or never was one.")
	case err != nil:
		return collab.Identity{}, unavailable(err)
	case user.Suspended():
		return collab.Identity{}, suspendedNow()
	}
	if now.Sub(t.LastUsedAt) >= touchEvery {
		if err := s.store.TouchToken(ctx, t.ID, now); err != nil {
			s.log.Warn("use of a token not noted", "token", t.ID, "err", err)
		}
	}
	return identifyToken(user, t), nil
}

// identifyToken returns the identity of a request with API token t: its person u, but never as an administrator.
func identifyToken(u storage.User, t storage.Token) collab.Identity {
	return collab.Identity{
		User: u.ID, Name: u.Name, Color: u.Color, SignIn: tokenSignIn + t.ID, Expires: t.ExpiresAt, ReadOnly: t.Scope != ScopeWrite,
	}
}

// ByToken reports whether who authenticated with an API token or an application's token, not a browser's sign-in.
func ByToken(who collab.Identity) bool {
	return who.Claims != nil || strings.HasPrefix(who.SignIn, tokenSignIn)
}

// tokenOf returns user's API token with that id; storage.ErrNotFound if there is none or it ended.
func (s *Service) tokenOf(ctx context.Context, user storage.UserID, id string) (storage.Token, error) {
	list, err := s.store.Tokens(ctx, user, s.now())
	if err != nil {
		return storage.Token{}, err
	}
	i := slices.IndexFunc(list, func(t storage.Token) bool { return t.ID == id })
	if i < 0 {
		return storage.Token{}, storage.ErrNotFound
	}
	return list[i], nil
}
