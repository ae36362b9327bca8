package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"quire/collab/access"
	"quire/server/auth"
	"quire/server/problem"
	"quire/storage"
)

// APIToken is a person's API token, without its secret.
type APIToken struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Scope      string         `json:"scope" enum:"read,write" doc:"read: it only looks; write: it does more, see scopes"`
	Scopes     []string       `json:"scopes" nullable:"false" enum:"read,comment,suggest,write,share,delete" doc:"What it may do, of what I may, and never to my account"`
	Documents  []string       `json:"documents" nullable:"false" doc:"The ids of the only documents it reaches; empty: all of mine"`
	CreatedAt  Time           `json:"created_at"`
	LastUsedAt Nullable[Time] `json:"last_used_at" doc:"To the hour; null: never"`
	ExpiresAt  Time           `json:"expires_at"`
}

// APITokens is a list, newest first.
type APITokens struct {
	Items []APIToken `json:"items" nullable:"false"`
}

// NewAPIToken is a new API token with its secret, which is shown only once.
type NewAPIToken struct {
	APIToken
	Token string `json:"token" doc:"Send it as Authorization: Bearer. It is not shown again"`
}

type makeTokenIn struct {
	Body struct {
		Name          string   `json:"name" maxLength:"400"`
		Scope         string   `json:"scope,omitempty" enum:"read,write" doc:"read, or write: everything. Say scopes instead for less"`
		Scopes        []string `json:"scopes,omitempty" maxItems:"6" enum:"read,comment,suggest,write,share,delete" doc:"read: look; comment; write: text, titles, new documents; share: who may do what; delete: the trash, and for good. Every token may read; suggest is refused until there are suggestions"`
		Documents     []string `json:"documents,omitempty" maxItems:"100" doc:"The ids of the only documents it may reach; left out: all of mine. It makes no new ones then"`
		ExpiresInDays int      `json:"expires_in_days" minimum:"1" maximum:"366"`
	}
}

type TokenPath struct {
	ID string `path:"id"`
}

type endTokenIn struct {
	TokenPath
	Made string `query:"made" enum:"keep,withdraw" default:"keep" doc:"What becomes of the links and invitations made with it"`
}

// MadeWithToken is a link or an invitation that was made with an API token.
type MadeWithToken struct {
	Kind      string          `json:"kind" enum:"link,invitation"`
	ID        string          `json:"id"`
	Document  PreviewDocument `json:"document"`
	Role      string          `json:"role" enum:"viewer,commenter,editor"`
	Email     string          `json:"email,omitempty" doc:"Of an invitation"`
	CreatedAt Time            `json:"created_at"`
}

// MadeWithTokens is a list, links first.
type MadeWithTokens struct {
	Items []MadeWithToken `json:"items" nullable:"false"`
}

func (a *API) registerTokens() {
	add(a, route{id: "list-tokens", method: http.MethodGet, path: "/me/tokens", tag: "Me", personal: true,
		summary: "My API tokens"}, a.tokens)
	add(a, route{id: "make-token", method: http.MethodPost, path: "/me/tokens", tag: "Me", personal: true, proves: true,
		status: http.StatusCreated, summary: "Make an API token",
		about: "It acts for me on REST and on the socket, within its scopes and documents. Changing my password ends it."},
		a.makeToken)
	add(a, route{id: "list-made-with-token", method: http.MethodGet, path: "/me/tokens/{id}/made", tag: "Me", personal: true,
		summary: "Links and invitations made with an API token", about: "Those of documents that I may still share."}, a.madeWithToken)
	add(a, route{id: "end-token", method: http.MethodDelete, path: "/me/tokens/{id}", tag: "Me", personal: true,
		status: http.StatusNoContent, summary: "End an API token",
		about: "Its open sockets are closed. With made=withdraw the links and invitations made with it are withdrawn first."},
		a.endToken)
}

func (a *API) tokens(ctx context.Context, req *request, _ *struct{}) (*bodyOf[APITokens], error) {
	list, err := a.auth.Tokens(ctx, req.who.User)
	if err != nil {
		return nil, err
	}
	return &bodyOf[APITokens]{APITokens{tokensOf(list)}}, nil
}

func tokensOf(list []storage.Token) []APIToken {
	items := make([]APIToken, 0, len(list))
	for _, t := range list {
		items = append(items, tokenOf(t))
	}
	return items
}

func tokenOf(t storage.Token) APIToken {
	shown := APIToken{
		ID: t.ID, Name: t.Name, Scope: auth.ScopeEverything, Scopes: access.StoredScopes(t.Scope).Names(), Documents: []string{},
		CreatedAt: Time(t.CreatedAt), ExpiresAt: Time(t.ExpiresAt),
	}
	if access.StoredScopes(t.Scope) == access.ScopeRead {
		shown.Scope = t.Scope
	}
	for _, doc := range t.Documents {
		shown.Documents = append(shown.Documents, string(doc))
	}
	if !t.LastUsedAt.IsZero() {
		shown.LastUsedAt = some(Time(t.LastUsedAt))
	}
	return shown
}

func (a *API) makeToken(ctx context.Context, req *request, in *makeTokenIn) (*bodyOf[NewAPIToken], error) {
	docs, err := a.tokenDocuments(ctx, req, in.Body.Documents)
	if err != nil {
		return nil, err
	}
	t, secret, err := a.auth.MakeToken(ctx, a.from(req), req.who, auth.NewToken{
		Name: in.Body.Name, Scope: in.Body.Scope, Scopes: in.Body.Scopes, Documents: docs, Days: in.Body.ExpiresInDays,
	})
	if err != nil {
		return nil, err
	}
	return &bodyOf[NewAPIToken]{NewAPIToken{tokenOf(t), secret}}, nil
}

// tokenDocuments returns the ids of documents without repetitions, if the caller may read all of them.
func (a *API) tokenDocuments(ctx context.Context, req *request, ids []string) (docs []storage.DocumentID, err error) {
	for _, id := range ids {
		_, err := a.see(ctx, req, id, access.Read)
		var refused *problem.Problem
		if errors.As(err, &refused) || errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDeleted) {
			return nil, problem.Invalid("There is no such document that you may read.").In("body.documents", "has an id that is none of yours")
		} else if err != nil {
			return nil, err
		}
		if doc := storage.DocumentID(id); !slices.Contains(docs, doc) {
			docs = append(docs, doc)
		}
	}
	return docs, nil
}

// made returns what was made with one of the caller's tokens, of documents that they may still share.
func (a *API) made(ctx context.Context, req *request, token string) (links []storage.Link, invitations []storage.Invitation, err error) {
	if _, err := a.auth.TokenOf(ctx, req.who.User, token); err != nil {
		return nil, nil, err
	}
	if links, invitations, err = a.store.MadeWith(ctx, token); err != nil {
		return nil, nil, err
	}
	may := map[storage.DocumentID]bool{}
	shares := func(doc storage.DocumentID) bool {
		if _, known := may[doc]; !known && err == nil {
			var role access.Role
			role, _, err = a.hub.Role(ctx, req.who, doc)
			may[doc] = access.Allows(role, access.Share)
		}
		return may[doc]
	}
	links = slices.DeleteFunc(links, func(l storage.Link) bool { return !shares(l.Document) })
	invitations = slices.DeleteFunc(invitations, func(i storage.Invitation) bool { return !shares(i.Document) })
	return links, invitations, err
}

func (a *API) madeWithToken(ctx context.Context, req *request, in *TokenPath) (*bodyOf[MadeWithTokens], error) {
	links, invitations, err := a.made(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	list, titles := MadeWithTokens{Items: []MadeWithToken{}}, names{}
	shown := func(kind, id string, doc storage.DocumentID, role string, at time.Time) (MadeWithToken, error) {
		title, err := titles.title(ctx, a.store, doc)
		return MadeWithToken{Kind: kind, ID: id, Document: PreviewDocument{string(doc), title}, Role: role, CreatedAt: Time(at)}, err
	}
	for _, l := range links {
		one, err := shown("link", l.ID, l.Document, l.Role, l.CreatedAt)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, one)
	}
	for _, i := range invitations {
		one, err := shown("invitation", i.ID, i.Document, i.Role, i.CreatedAt)
		if err != nil {
			return nil, err
		}
		one.Email = i.Email
		list.Items = append(list.Items, one)
	}
	return &bodyOf[MadeWithTokens]{list}, nil
}

// withdrawMade withdraws what was made with one of the caller's tokens. What is gone meanwhile is no error.
func (a *API) withdrawMade(ctx context.Context, req *request, token string) error {
	links, invitations, err := a.made(ctx, req, token)
	if err != nil {
		return err
	}
	gone := func(err error) bool { return errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDeleted) }
	for _, l := range links {
		if err := a.sharing.WithdrawLink(ctx, a.by(req), l, false); err != nil && !gone(err) {
			return err
		}
	}
	for _, i := range invitations {
		if err := a.sharing.WithdrawInvitation(ctx, a.by(req), i); err != nil && !gone(err) {
			return err
		}
	}
	return nil
}

// endToken ends the token after it withdrew what was made with it, so that asking again completes what failed halfway. What the token
// makes meanwhile stays.
func (a *API) endToken(ctx context.Context, req *request, in *endTokenIn) (*none, error) {
	if in.Made == "withdraw" {
		if err := a.withdrawMade(ctx, req, in.ID); err != nil {
			return nil, err
		}
	}
	return nil, a.auth.EndToken(ctx, a.from(req), req.who.User, req.who.User, in.ID)
}
