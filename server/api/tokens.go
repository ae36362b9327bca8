package api

import (
	"context"
	"net/http"

	"quire/storage"
)

// APIToken is a person's API token, without its secret.
type APIToken struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Scope      string         `json:"scope" enum:"read,write" doc:"read: only looks; write: documents too, never the account"`
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
		Name          string `json:"name" maxLength:"400"`
		Scope         string `json:"scope" enum:"read,write"`
		ExpiresInDays int    `json:"expires_in_days" minimum:"1" maximum:"366"`
	}
}

type tokenPath struct {
	ID string `path:"id"`
}

func (a *API) registerTokens() {
	add(a, route{id: "list-tokens", method: http.MethodGet, path: "/me/tokens", tag: "Me", personal: true,
		summary: "My API tokens"}, a.tokens)
	add(a, route{id: "make-token", method: http.MethodPost, path: "/me/tokens", tag: "Me", personal: true, proves: true,
		status: http.StatusCreated, summary: "Make an API token",
		about: "It acts for me on REST and on the socket, within its scope. Changing my password ends it."},
		a.makeToken)
	add(a, route{id: "end-token", method: http.MethodDelete, path: "/me/tokens/{id}", tag: "Me", personal: true,
		status: http.StatusNoContent, summary: "End an API token", about: "Its open sockets are closed."},
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
	shown := APIToken{ID: t.ID, Name: t.Name, Scope: t.Scope, CreatedAt: Time(t.CreatedAt), ExpiresAt: Time(t.ExpiresAt)}
	if !t.LastUsedAt.IsZero() {
		shown.LastUsedAt = some(Time(t.LastUsedAt))
	}
	return shown
}

func (a *API) makeToken(ctx context.Context, req *request, in *makeTokenIn) (*bodyOf[NewAPIToken], error) {
	t, secret, err := a.auth.MakeToken(ctx, a.from(req), req.who, in.Body.Name, in.Body.Scope, in.Body.ExpiresInDays)
	if err != nil {
		return nil, err
	}
	return &bodyOf[NewAPIToken]{NewAPIToken{tokenOf(t), secret}}, nil
}

func (a *API) endToken(ctx context.Context, req *request, in *tokenPath) (*none, error) {
	return nil, a.auth.EndToken(ctx, a.from(req), req.who.User, req.who.User, in.ID)
}
