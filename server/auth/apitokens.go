package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/server/audit"
	"quire/server/problem"
	"quire/storage"
)

// ScopeEverything is the scope of tokens from before there were others: they may do all that their person may, except what routes
// marked personal do, which need a browser's sign-in.
const ScopeEverything = "write"

const (
	tokenPrefix   = "qt_"    // distinguishes it from an application's token, and lets secret scanners find leaked ones
	tokenSignIn   = "token:" // prefix of a token's id where a sign-in's id is expected (collab.Identity.SignIn)
	mostTokenDays = 366

	mostTokenDocuments = 100
)

// NewToken describes an API token to make.
type NewToken struct {
	Name      string
	Scope     string               // "read" or ScopeEverything; "": Scopes says it
	Scopes    []string             // names of access.Scopes; reading is always among them
	Documents []storage.DocumentID // the only ones it reaches; none: all
	Days      int
}

// stored returns what is stored of the token's scopes.
func (n NewToken) stored() (string, error) {
	switch {
	case n.Scope != "" && len(n.Scopes) > 0:
		return "", problem.Invalid("Say scope or scopes, not both.").In("body.scopes", "stands beside scope")
	case n.Scope == ScopeEverything:
		return n.Scope, nil
	case n.Scope != "" && n.Scope != access.ScopeRead.Names()[0]:
		return "", problem.Invalid("There are read and write.").In("body.scope", "is not a scope")
	case n.Scope == "" && len(n.Scopes) == 0:
		return "", problem.Invalid("Say what the token may do.").In("body.scopes", "is empty")
	}
	set := access.ScopeRead
	for _, name := range n.Scopes {
		one, ok := access.ParseScope(name)
		if !ok {
			return "", problem.Invalid("There are read, comment, write, share and delete.").In("body.scopes", "has one that is none")
		}
		if one == access.ScopeSuggest {
			return "", problem.Invalid("Nobody can suggest changes here yet.").In("body.scopes", "has suggest")
		}
		set |= one
	}
	return strings.Join(set.Names(), " "), nil
}

// MakeToken creates an API token for programs that act for who, and returns it with its secret, of which only a hash is stored.
// The caller has checked that who may see its documents.
func (s *Service) MakeToken(ctx context.Context, from From, who collab.Identity, n NewToken) (storage.Token, string, error) {
	if who.Guest {
		return storage.Token{}, "", problem.Forbidden("Make an account to have API tokens.")
	}
	name, err := CheckName(n.Name, "body.name")
	if err != nil {
		return storage.Token{}, "", err
	}
	scope, err := n.stored()
	if err != nil {
		return storage.Token{}, "", err
	}
	if len(n.Documents) > mostTokenDocuments {
		return storage.Token{}, "", problem.Invalid("A token names at most 100 documents.").In("body.documents", "has more than 100")
	}
	if n.Days < 1 || n.Days > mostTokenDays {
		return storage.Token{}, "", problem.Invalid("A token lasts 1 to 366 days.").In("body.expires_in_days", "is not from 1 to 366")
	}
	now := storage.Milli(s.now())
	secret := tokenPrefix + randomToken()
	t := storage.Token{
		ID: RandomID(), Hash: hashToken(secret), User: who.User, Name: name, Scope: scope, Documents: n.Documents,
		CreatedAt: now, ExpiresAt: now.Add(time.Duration(n.Days) * 24 * time.Hour),
	}
	err = s.note(ctx, from, who.User, storage.AuditEntry{
		Action: "token.create", Subject: string(who.User), Detail: audit.Detail("token", t.ID, "name", name, "scope", scope, "documents", len(n.Documents)),
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
		User: u.ID, Name: u.Name, Color: u.Color, SignIn: tokenSignIn + t.ID, Expires: t.ExpiresAt,
		Scopes: access.StoredScopes(t.Scope), Documents: t.Documents,
	}
}

// ByToken reports whether who authenticated with an API token or an application's token, not a browser's sign-in.
func ByToken(who collab.Identity) bool {
	return who.Claims != nil || strings.HasPrefix(who.SignIn, tokenSignIn)
}

// TokenID returns the id of the API token with which who authenticated; "" if it was something else.
func TokenID(who collab.Identity) string {
	id, ok := strings.CutPrefix(who.SignIn, tokenSignIn)
	if !ok || who.Claims != nil {
		return ""
	}
	return id
}

// TokenOf returns user's API token with that id; storage.ErrNotFound if there is none or it ended.
func (s *Service) TokenOf(ctx context.Context, user storage.UserID, id string) (storage.Token, error) {
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
