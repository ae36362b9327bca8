package api

import (
	"context"
	"net/http"
)

type oidcStartIn struct {
	Fresh  bool   `query:"fresh" doc:"The provider shall ask who it is, also somebody who is signed in there"`
	Return string `query:"return" maxLength:"2000" doc:"Path of ours to come back to, as in /d/abc"`
}

type oidcCallbackIn struct {
	State string `query:"state" maxLength:"200"`
	Code  string `query:"code" maxLength:"4096"`
	Error string `query:"error" maxLength:"200"`
}

// redirect sends the browser on.
type redirect struct {
	Status   int
	Location string `header:"Location"`
}

func (a *API) registerOIDC() {
	add(a, route{id: "start-oidc", method: http.MethodGet, path: "/auth/oidc/start", tag: "Signing in", public: true,
		status: http.StatusFound, summary: "Sign in through the provider", about: "For a browser to open: leads to the provider."},
		a.startOIDC)
	add(a, route{id: "finish-oidc", method: http.MethodGet, path: "/auth/oidc/callback", tag: "Signing in", public: true,
		status: http.StatusFound, summary: "Where the provider sends the browser back to",
		about: "Leads to the path given at the start, signed in, or to /signin?refused={word}: denied (there), expired (begin " +
			"again), provider (it can't be reached, or what it said does not count), stale (asked to be fresh, it did not ask who it is), unverified (there is an account with this " +
			"e-mail, and one side has not verified it), other (that account is somebody else's there), closed or invite (accounts " +
			"are not made this way here), email (the provider gave none), fault (of ours)."}, a.finishOIDC)
}

func (a *API) startOIDC(_ context.Context, req *request, in *oidcStartIn) (*redirect, error) {
	if err := a.auth.TryFrom(a.from(req).Address); err != nil {
		return nil, err
	}
	return &redirect{http.StatusFound, a.auth.StartOIDC(req.fiber, in.Return, in.Fresh)}, nil
}

func (a *API) finishOIDC(_ context.Context, req *request, in *oidcCallbackIn) (*redirect, error) {
	location, proof := a.auth.FinishOIDC(req.fiber, a.from(req), in.State, in.Code, in.Error)
	if proof != nil {
		a.auth.SetCookie(req.fiber, *proof)
	}
	return &redirect{http.StatusFound, location}, nil
}
