package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"quire/collab"
	"quire/server/auth"
	"quire/server/problem"
)

// Server is what clients can read about the server without signing in.
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

// OIDC is a provider that people can sign in with.
type OIDC struct {
	Name string `json:"name" doc:"As shown on the button"`
}

// Limits are the limits that a client should respect.
type Limits struct {
	Frame      int `json:"frame" doc:"Bytes of a frame on the socket"`
	Components int `json:"components" doc:"Components of an op"`
	Document   int `json:"document" doc:"UTF-16 code units of a document"`
}

type signUpIn struct {
	Body struct {
		Name      string `json:"name,omitempty" maxLength:"400" doc:"Needed unless a letter is sent first; whoever answers that may change it"`
		Email     string `json:"email" maxLength:"254"`
		Password  string `json:"password,omitempty" maxLength:"1024" doc:"At least 10 characters. Needed unless a letter is sent first; then it is not looked at: whoever answers that chooses one"`
		SetupCode string `json:"setup_code,omitempty" maxLength:"200" doc:"From the set-up address, for the first account"`

		Invitation string `json:"invitation,omitempty" maxLength:"400" doc:"From the letter of an invitation to this e-mail: what stands behind /i/, with a dot for the #. No other letter is needed then"`
		Return     string `json:"return,omitempty" maxLength:"300" doc:"Path of ours, as in /d/abc, to go on to when the letter was answered"`
	}
}

// signedUp is the response to a sign-up: the new account, or that a letter was sent.
type signedUp struct {
	Status int
	Body   any
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
		about: "A guest who signs up becomes the account, with everything that was shared with them. Where mail is sent, 202: a " +
			"letter goes to the address, and confirm-account makes the account with its code. The e-mail is enough then: name and " +
			"password are chosen by whoever answers the letter. The answer is the same whether there is an account with this e-mail, " +
			"which the letter says, and whether enough letters were sent to it: any of them will do. Without mail, email-taken says " +
			"so. The first account, and one with an invitation's letter, are made at once.",
		responses: a.signUpAnswers()}, a.signUp)
	a.registerNewcomers()
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
		Signup: string(a.auth.Signup()), SetupRequired: setup, SetupCode: setup && a.auth.SetupCodeRequired(), Build: a.cfg.Build, Epoch: a.cfg.Hub.Epoch(),
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

// signUpAnswers describes both responses to a sign-up.
func (a *API) signUpAnswers() map[string]*huma.Response {
	answer := func(description string, schema *huma.Schema) *huma.Response {
		return &huma.Response{Description: description, Content: map[string]*huma.MediaType{typeJSON: {Schema: schema}}}
	}
	return map[string]*huma.Response{
		strconv.Itoa(http.StatusCreated):  answer("The account, signed in", schemaOf[User](a)),
		strconv.Itoa(http.StatusAccepted): answer("A letter is on its way", schemaOf[Mailed](a)),
	}
}

func (a *API) signUp(ctx context.Context, req *request, in *signUpIn) (*signedUp, error) {
	if err := a.auth.RequireOwnOrigin(req.fiber); err != nil {
		return nil, err
	}
	current, err := a.maybe(req)
	if err != nil {
		return nil, err
	}
	invited, err := a.invitedByLetter(ctx, req, in.Body.Invitation, in.Body.Email)
	if err != nil {
		return nil, err
	}
	made, err := a.auth.SignUp(ctx, a.from(req), current, auth.NewAccount{
		Name: in.Body.Name, Email: in.Body.Email, Password: in.Body.Password, SetupCode: in.Body.SetupCode, Invited: invited,
		GoOn: in.Body.Return,
	})
	if err != nil {
		return nil, err
	}
	if made.Mailed {
		return &signedUp{http.StatusAccepted, Mailed{true}}, nil
	}
	a.auth.SetCookie(req.fiber, made.Proof)
	return &signedUp{http.StatusCreated, userOf(made.User)}, nil
}

// invitedByLetter reports whether letter is from the mail of a valid invitation to email. An invalid one is ignored: the person signs
// up like everybody else.
func (a *API) invitedByLetter(ctx context.Context, req *request, letter, email string) (bool, error) {
	token, proof, _ := strings.Cut(letter, ".")
	email, err := auth.CheckEmail(email, "body.email")
	if err != nil || letter == "" || !a.auth.InvitationProves(token, proof, email) {
		return false, nil // a wrong e-mail is refused with the rest
	}
	_, _, err = a.openInvitation(ctx, req, token)
	var p *problem.Problem
	if errors.As(err, &p) {
		return false, nil
	}
	return err == nil, err
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
		if err := a.auth.SignOut(ctx, a.from(req), *who); err != nil && problem.From(err).Status != http.StatusNotFound {
			return nil, err
		}
	}
	a.auth.ClearCookie(req.fiber)
	return nil, nil
}

// maybe returns who makes the request, or nil without a valid sign-in; every other failure is an error.
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
