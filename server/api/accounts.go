package api

import (
	"context"
	"errors"
	"net/http"

	"quire/collab"
	"quire/server/auth"
	"quire/server/problem"
)

// Server is what a client may know before anybody signs in.
type Server struct {
	Signup        string `json:"signup" enum:"open,invite,closed"`
	SetupRequired bool   `json:"setup_required" doc:"The first account is still to be made"`
	SetupCode     bool   `json:"setup_code_required" doc:"It is made through the set-up address that the server printed"`
	Build         string `json:"build"`
	Epoch         string `json:"epoch"`
	PublicURL     string `json:"public_url"`
	Formats       string `json:"formats" enum:"table,any"`
	Limits        Limits `json:"limits"`
	Mail          bool   `json:"mail" doc:"It sends mail: addresses can be verified, forgotten passwords reset"`

	OIDC Nullable[OIDC] `json:"oidc" doc:"The provider people can sign in through; null: none"`
}

// OIDC is a provider that people can sign in through.
type OIDC struct {
	Name string `json:"name" doc:"As shown on the button"`
}

// Limits are the bounds a client should know before it sends.
type Limits struct {
	Frame      int `json:"frame" doc:"Bytes of a frame on the socket"`
	Components int `json:"components" doc:"Components of an op"`
	Document   int `json:"document" doc:"UTF-16 code units of a document"`
}

type signUpIn struct {
	Body struct {
		Name      string `json:"name" maxLength:"400"`
		Email     string `json:"email" maxLength:"254"`
		Password  string `json:"password" maxLength:"1024" doc:"At least 10 characters"`
		SetupCode string `json:"setup_code,omitempty" maxLength:"200" doc:"From the set-up address, for the first account"`
	}
}

type signInIn struct {
	Body struct {
		Email    string `json:"email" maxLength:"1024"`
		Password string `json:"password" maxLength:"4096"`
	}
}

func (a *API) registerAccounts() {
	add(a, route{id: "get-server", method: http.MethodGet, path: "/server", tag: "Server", public: true,
		summary: "What this server is"}, a.server)
	add(a, route{id: "sign-up", method: http.MethodPost, path: "/auth/signup", tag: "Signing in", public: true,
		status: http.StatusCreated, summary: "Make an account and sign in",
		about: "A guest who signs up becomes the account, with everything that was shared with them."}, a.signUp)
	add(a, route{id: "sign-in", method: http.MethodPost, path: "/auth/signin", tag: "Signing in", public: true,
		summary: "Sign in with e-mail and password"}, a.signIn)
	add(a, route{id: "sign-out", method: http.MethodPost, path: "/auth/signout", tag: "Signing in", public: true,
		summary: "End this sign-in", about: "Open sockets of this sign-in are closed. Without a sign-in nothing happens."},
		a.signOut)
}

func (a *API) server(ctx context.Context, req *request, _ *struct{}) (*bodyOf[Server], error) {
	setup, err := a.auth.SetupRequired(ctx)
	if err != nil {
		return nil, err
	}
	formats := "table"
	if a.cfg.AnyFormats {
		formats = "any"
	}
	b := a.cfg.Bounds
	return &bodyOf[Server]{Server{
		Signup: string(a.auth.Signup()), SetupRequired: setup, SetupCode: setup && a.auth.SetupCodeRequired(), Build: a.cfg.Build, Epoch: a.cfg.Epoch,
		PublicURL: a.auth.BaseURL(req.fiber), Formats: formats,
		Limits: Limits{Frame: b.Frame, Components: b.Delta.Components, Document: b.Document},
		Mail:   a.auth.Mails(), OIDC: oidcOf(a.auth),
	}}, nil
}

func oidcOf(s *auth.Service) Nullable[OIDC] {
	if s.OIDCName() == "" {
		return Nullable[OIDC]{}
	}
	return some(OIDC{s.OIDCName()})
}

func (a *API) signUp(ctx context.Context, req *request, in *signUpIn) (*bodyOf[User], error) {
	if err := a.auth.RequireOwnOrigin(req.fiber); err != nil {
		return nil, err
	}
	current, err := a.maybe(req)
	if err != nil {
		return nil, err
	}
	user, proof, err := a.auth.SignUp(ctx, a.from(req), current, auth.NewAccount{
		Name: in.Body.Name, Email: in.Body.Email, Password: in.Body.Password, SetupCode: in.Body.SetupCode,
	})
	if err != nil {
		return nil, err
	}
	a.auth.SetCookie(req.fiber, proof)
	return &bodyOf[User]{userOf(user)}, nil
}

func (a *API) signIn(ctx context.Context, req *request, in *signInIn) (*bodyOf[User], error) {
	if err := a.auth.RequireOwnOrigin(req.fiber); err != nil {
		return nil, err
	}
	user, proof, err := a.auth.SignIn(ctx, a.from(req), in.Body.Email, in.Body.Password)
	if err != nil {
		return nil, err
	}
	a.auth.SetCookie(req.fiber, proof)
	return &bodyOf[User]{userOf(user)}, nil
}

func (a *API) signOut(ctx context.Context, req *request, _ *struct{}) (*none, error) {
	if err := a.auth.RequireOwnOrigin(req.fiber); err != nil {
		return nil, err
	}
	who, err := a.maybe(req)
	if err != nil {
		return nil, err
	}
	if who != nil && who.SignIn != "" && !auth.ByToken(*who) {
		if err := a.auth.EndSignIn(ctx, a.from(req), who.User, who.User, who.SignIn); err != nil && problem.From(err).Status != http.StatusNotFound {
			return nil, err
		}
	}
	a.auth.ClearCookie(req.fiber)
	return nil, nil
}

// maybe gives who asks, or nil for somebody without a sign-in that counts; the error is any other one.
func (a *API) maybe(req *request) (*collab.Identity, error) {
	who, err := a.auth.Authenticate(req.fiber)
	var p *problem.Problem
	if errors.As(err, &p) && p.Status == http.StatusUnauthorized {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return &who, nil
}
