package api

import (
	"context"
	"net/http"

	"quire/collab"
	"quire/collab/access"
	"quire/server/auth"
	"quire/server/problem"
	"quire/storage"
)

// Me is the signed-in person.
type Me struct {
	User
	HasPassword bool   `json:"has_password" doc:"Whether they can sign in with one; else only through the provider"`
	SignIn      string `json:"sign_in" doc:"The id of the proof this request came with; empty for an application's token"`
	ExpiresAt   Time   `json:"expires_at" doc:"When that proof ends, unless it is used again before"`
}

// SignIn is one browser that is signed in.
type SignIn struct {
	ID         string `json:"id"`
	CreatedAt  Time   `json:"created_at"`
	LastSeenAt Time   `json:"last_seen_at"`
	Address    string `json:"address"`
	UserAgent  string `json:"user_agent"`
	Current    bool   `json:"current" doc:"The one this request came with"`
}

// SignIns is a list, newest first.
type SignIns struct {
	Items []SignIn `json:"items" nullable:"false"`
}

// Ticket is a secret with which a browser can open a socket.
type Ticket struct {
	Ticket    string `json:"ticket" doc:"Offer it as subprotocol: new WebSocket(url, ['quire', 'ticket.' + ticket])"`
	ExpiresAt Time   `json:"expires_at"`
}

type changeMeIn struct {
	Body struct {
		Name  *string `json:"name,omitempty" maxLength:"400"`
		Color *int    `json:"color,omitempty" minimum:"0" maximum:"11"`
	}
}

type passwordIn struct {
	Body struct {
		Current string `json:"current" maxLength:"4096"`
		New     string `json:"new" maxLength:"1024" doc:"At least 10 characters"`
	}
}

type signInPath struct {
	ID string `path:"id"`
}

func (a *API) registerMe() {
	add(a, route{id: "get-me", method: http.MethodGet, path: "/me", tag: "Me", summary: "Who I am"}, a.me)
	add(a, route{id: "change-me", method: http.MethodPatch, path: "/me", tag: "Me", summary: "Change my name or colour",
		about: "An API token does not change the account; an application's changes the colour."}, a.changeMe)
	add(a, route{id: "change-password", method: http.MethodPost, path: "/me/password", tag: "Me", personal: true,
		status: http.StatusNoContent, summary: "Change my password", about: "Ends all my other sign-ins, and my API tokens."}, a.changePassword)
	add(a, route{id: "list-sign-ins", method: http.MethodGet, path: "/me/sign-ins", tag: "Me", personal: true,
		summary: "Where I am signed in"}, a.signIns)
	add(a, route{id: "end-sign-in", method: http.MethodDelete, path: "/me/sign-ins/{id}", tag: "Me", personal: true,
		status: http.StatusNoContent, summary: "End one of my sign-ins"}, a.endSignIn)
	add(a, route{id: "make-socket-ticket", method: http.MethodPost, path: "/socket-tickets", tag: "Me",
		status: http.StatusCreated, summary: "A ticket for the socket", about: "Lasts 30 seconds.", scope: access.AllScopes &^ access.ScopeRead}, a.ticket)
}

func (a *API) me(ctx context.Context, req *request, _ *struct{}) (*bodyOf[Me], error) {
	user, err := a.auth.Me(ctx, req.who)
	if err != nil {
		return nil, err
	}
	return &bodyOf[Me]{meOf(user, req.who)}, nil
}

func meOf(u storage.User, who collab.Identity) Me {
	return Me{User: userOf(u), HasPassword: u.PasswordHash != "", SignIn: who.SignIn, ExpiresAt: Time(who.Expires)}
}

func (a *API) changeMe(ctx context.Context, req *request, in *changeMeIn) (*bodyOf[Me], error) {
	if req.who.Claims != nil && in.Body.Name != nil {
		return nil, problem.Forbidden("The application that issued your token gives you your name.")
	}
	if req.who.Claims == nil && auth.ByToken(req.who) {
		return nil, problem.Forbidden("An API token does not change the account.")
	}
	user, err := a.auth.ChangeMe(ctx, req.who, in.Body.Name, in.Body.Color)
	if err != nil {
		return nil, err
	}
	return &bodyOf[Me]{meOf(user, req.who)}, nil
}

func (a *API) changePassword(ctx context.Context, req *request, in *passwordIn) (*none, error) {
	err := a.auth.ChangePassword(ctx, a.from(req), req.who, in.Body.Current, in.Body.New)
	if err == nil {
		a.auth.Remember(req.fiber, req.who)
	}
	return nil, err
}

func (a *API) signIns(ctx context.Context, req *request, _ *struct{}) (*bodyOf[SignIns], error) {
	list, err := a.auth.SignIns(ctx, req.who.User)
	if err != nil {
		return nil, err
	}
	return &bodyOf[SignIns]{SignIns{signInsOf(list, req.who.SignIn)}}, nil
}

func signInsOf(list []storage.SignIn, current string) []SignIn {
	items := make([]SignIn, 0, len(list))
	for _, s := range list {
		items = append(items, SignIn{
			ID: s.ID, CreatedAt: Time(s.CreatedAt), LastSeenAt: Time(s.LastSeenAt), Address: s.Address,
			UserAgent: s.UserAgent, Current: s.ID == current,
		})
	}
	return items
}

func (a *API) endSignIn(ctx context.Context, req *request, in *signInPath) (*none, error) {
	if in.ID != req.who.SignIn {
		return nil, a.auth.EndSignIn(ctx, a.from(req), req.who.User, req.who.User, in.ID)
	}
	if err := a.auth.SignOut(ctx, a.from(req), req.who); err != nil {
		return nil, err
	}
	a.auth.ClearCookie(req.fiber)
	return nil, nil
}

func (a *API) ticket(_ context.Context, req *request, _ *struct{}) (*bodyOf[Ticket], error) {
	ticket, expires, err := a.auth.NewTicket(req.who)
	if err != nil {
		return nil, err
	}
	return &bodyOf[Ticket]{Ticket{ticket, Time(expires)}}, nil
}
