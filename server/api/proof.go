package api

import (
	"context"
	"net/http"
)

type proveIn struct {
	Body struct {
		Password string `json:"password" maxLength:"4096"`
	}
}

func (a *API) registerProof() {
	add(a, route{id: "make-proof", method: http.MethodPost, path: "/me/proof", tag: "Me", personal: true,
		status: http.StatusNoContent, summary: "Show that it is me",
		about: "For changes that answer proof-needed: with the cookie that this sets they work for ten minutes, in this sign-in and while " +
			"the password stays. Signing in sets it too, through the provider only if that asked who it is."}, a.prove)
}

func (a *API) prove(ctx context.Context, req *request, in *proveIn) (*none, error) {
	shown, err := a.auth.Prove(ctx, req.who, in.Body.Password)
	if err != nil {
		return nil, err
	}
	a.auth.SetShown(req.fiber, shown)
	return nil, nil
}
