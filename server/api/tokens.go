package api

import "net/http"

// APIToken is a secret of one's own for programs.
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

// NewAPIToken is a token with its secret, which is shown this once.
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
		summary: "My API tokens"}, soon[struct{}, bodyOf[APITokens]])
	add(a, route{id: "make-token", method: http.MethodPost, path: "/me/tokens", tag: "Me", personal: true,
		status: http.StatusCreated, summary: "Make an API token",
		about: "It acts for me on REST and on the socket, within its scope. Changing my password ends it."},
		soon[makeTokenIn, bodyOf[NewAPIToken]])
	add(a, route{id: "end-token", method: http.MethodDelete, path: "/me/tokens/{id}", tag: "Me", personal: true,
		status: http.StatusNoContent, summary: "End an API token", about: "Its open sockets are closed."},
		soon[tokenPath, none])
}
