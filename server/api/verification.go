package api

import (
	"context"
	"net/http"
)

type codeIn struct {
	Body struct {
		Code string `json:"code" maxLength:"200" doc:"From the address in the mail"`
	}
}

type resetRequestIn struct {
	Body struct {
		Email string `json:"email" maxLength:"1024"`
	}
}

type resetIn struct {
	Body struct {
		Code     string `json:"code" maxLength:"200" doc:"From the address in the mail"`
		Password string `json:"password" maxLength:"1024" doc:"At least 10 characters"`
	}
}

// ResetPreview says whose password a code sets.
type ResetPreview struct {
	Name    string `json:"name"`
	Welcome bool   `json:"welcome" doc:"It is the first password of an account that somebody else made"`
}

// Mailed says whether a mail was queued.
type Mailed struct {
	Mailed bool `json:"mailed" doc:"A mail was handed over for sending; false where this server sends none"`
}

type changeEmailIn struct {
	Body struct {
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password,omitempty" maxLength:"4096" doc:"Needed by who has one"`
	}
}

// EmailChange is the result of changing one's e-mail.
type EmailChange struct {
	Changed bool `json:"changed" doc:"It counts already, unverified, because this server sends no mail"`
	Mailed  bool `json:"mailed" doc:"It counts once the address in the mail to it was opened"`
}

func (a *API) registerVerification() {
	add(a, route{id: "verify-email", method: http.MethodPost, path: "/auth/verify", tag: "Signing in", personal: true,
		summary: "Show that an e-mail address is mine",
		about: "The code is from the mailed address /verify/{code}. It counts for the account it was sent to only, so one " +
			"is signed in: 401 without, 403 with another account; the code is then still good."}, a.verify)
	add(a, route{id: "send-verification", method: http.MethodPost, path: "/me/verification", tag: "Me", personal: true,
		status: http.StatusAccepted, summary: "Send the mail that verifies my address again"}, a.sendVerification)
	add(a, route{id: "request-reset", method: http.MethodPost, path: "/auth/reset-request", tag: "Signing in", public: true,
		status: http.StatusAccepted, summary: "Mail an address that resets my password",
		about: "The answer is the same whether there is such an account. The mailed address is /reset/{code}; it lasts an hour."},
		a.requestReset)
	add(a, route{id: "preview-reset", method: http.MethodPost, path: "/auth/reset-preview", tag: "Signing in", public: true,
		summary: "Whose password a code sets", about: "The code stays good."}, a.previewReset)
	add(a, route{id: "reset-password", method: http.MethodPost, path: "/auth/reset", tag: "Signing in", public: true,
		summary: "Set a new password with a code and sign in",
		about:   "Ends all sign-ins and API tokens of the account. The code is used up."}, a.reset)
	add(a, route{id: "change-email", method: http.MethodPost, path: "/me/email", tag: "Me", personal: true,
		summary: "Change my e-mail address",
		about: "Where mail is sent, the new address counts once the mailed address /verify/{code} was opened. The answer " +
			"does not tell whether somebody has the new address."}, a.changeEmail)
}

func (a *API) verify(ctx context.Context, req *request, in *codeIn) (*bodyOf[User], error) {
	user, err := a.auth.Verify(ctx, a.from(req), req.who, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &bodyOf[User]{userOf(user)}, nil
}

func (a *API) sendVerification(ctx context.Context, req *request, _ *struct{}) (*bodyOf[Mailed], error) {
	mailed, err := a.auth.SendVerification(ctx, req.who)
	if err != nil {
		return nil, err
	}
	return &bodyOf[Mailed]{Mailed{mailed}}, nil
}

func (a *API) requestReset(_ context.Context, req *request, in *resetRequestIn) (*none, error) {
	if err := a.auth.RequireOwnOrigin(req.fiber); err != nil {
		return nil, err
	}
	return nil, a.auth.RequestReset(a.from(req), in.Body.Email)
}

func (a *API) previewReset(ctx context.Context, req *request, in *codeIn) (*bodyOf[ResetPreview], error) {
	if err := a.auth.RequireOwnOrigin(req.fiber); err != nil {
		return nil, err
	}
	user, welcome, err := a.auth.LookAtReset(ctx, a.from(req), in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &bodyOf[ResetPreview]{ResetPreview{Name: user.Name, Welcome: welcome}}, nil
}

func (a *API) reset(ctx context.Context, req *request, in *resetIn) (*bodyOf[User], error) {
	if err := a.auth.RequireOwnOrigin(req.fiber); err != nil {
		return nil, err
	}
	user, proof, err := a.auth.Reset(ctx, a.from(req), in.Body.Code, in.Body.Password)
	if err != nil {
		return nil, err
	}
	a.auth.SetCookie(req.fiber, proof)
	return &bodyOf[User]{userOf(user)}, nil
}

func (a *API) changeEmail(ctx context.Context, req *request, in *changeEmailIn) (*bodyOf[EmailChange], error) {
	changed, mailed, err := a.auth.ChangeEmail(ctx, a.from(req), req.who, in.Body.Email, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return &bodyOf[EmailChange]{EmailChange{Changed: changed, Mailed: mailed}}, nil
}
