package api

import (
	"context"
	"net/http"

	"quire/server/auth"
)

type confirmIn struct {
	Body struct {
		Code     string `json:"code" maxLength:"2000" doc:"From the address in the mail"`
		Password string `json:"password" maxLength:"1024" doc:"The account's from now on. At least 10 characters"`
		Name     string `json:"name,omitempty" maxLength:"400" doc:"Left out: the one that was asked with"`
		AsGuest  bool   `json:"as_guest,omitempty" doc:"The guest who asked for it becomes the account, in whichever browser the letter is opened"`
	}
}

type confirmPreviewIn struct {
	Body struct {
		Code string `json:"code" maxLength:"2000" doc:"From the address in the mail"`
	}
}

// ConfirmPreview is the account that answering a letter would create.
type ConfirmPreview struct {
	Email string                  `json:"email"`
	Name  string                  `json:"name" doc:"As it was asked with; empty if it wasn't"`
	Guest Nullable[NewcomerGuest] `json:"guest" doc:"The guest who asked for it, unless one opens it as a guest: then that one becomes the account. null: none"`
}

// NewcomerGuest is a guest who asked for an account.
type NewcomerGuest struct {
	Name string `json:"name"`
}

func (a *API) registerNewcomers() {
	add(a, route{id: "confirm-account", method: http.MethodPost, path: "/auth/confirm", tag: "Signing in", public: true,
		status: http.StatusCreated, summary: "Make the account of a letter and sign in",
		about: "The code is from the mailed address /confirm/{code}, which lasts three days and makes one account. A guest who " +
			"sends it becomes the account, with everything that was shared with them."}, a.confirmAccount)
	add(a, route{id: "preview-confirm", method: http.MethodPost, path: "/auth/confirm-preview", tag: "Signing in", public: true,
		summary: "What a letter makes an account of", about: "The code stays good."}, a.previewConfirm)
}

func (a *API) confirmAccount(ctx context.Context, req *request, in *confirmIn) (*bodyOf[User], error) {
	if err := a.auth.RequireOwnOrigin(req.fiber); err != nil {
		return nil, err
	}
	current, err := a.maybe(req)
	if err != nil {
		return nil, err
	}
	user, proof, err := a.auth.Confirm(ctx, a.from(req), current, auth.Confirmation{
		Code: in.Body.Code, Password: in.Body.Password, Name: in.Body.Name, AsGuest: in.Body.AsGuest,
	})
	if err != nil {
		return nil, err
	}
	a.auth.SetCookie(req.fiber, proof)
	return &bodyOf[User]{userOf(user)}, nil
}

func (a *API) previewConfirm(ctx context.Context, req *request, in *confirmPreviewIn) (*bodyOf[ConfirmPreview], error) {
	if err := a.auth.RequireOwnOrigin(req.fiber); err != nil {
		return nil, err
	}
	current, err := a.maybe(req)
	if err != nil {
		return nil, err
	}
	n, err := a.auth.LookAtNewcomer(ctx, a.from(req), current, in.Body.Code)
	if err != nil {
		return nil, err
	}
	shown := ConfirmPreview{Email: n.Email, Name: n.Name}
	if n.Guest != "" {
		shown.Guest = some(NewcomerGuest{n.Guest})
	}
	return &bodyOf[ConfirmPreview]{shown}, nil
}
