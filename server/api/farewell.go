package api

import (
	"context"
	"net/http"

	"quire/server/farewell"
	"quire/storage"
)

type deleteMeIn struct {
	Body struct {
		Password string `json:"password,omitempty" maxLength:"4096" doc:"Needed by who has one"`
		Confirm  string `json:"confirm,omitempty" maxLength:"254" doc:"My e-mail, for an account without a password"`
		Shared   string `json:"shared" enum:"transfer,delete" doc:"What becomes of shared documents that only I own: they go to the longest-standing member with the highest role who has an account, or are deleted"`
	}
}

// Farewell says what happened to the documents that only the deleted person owned.
type Farewell struct {
	Transferred int `json:"transferred"`
	Deleted     int `json:"deleted"`
}

func (a *API) registerFarewell() {
	add(a, route{id: "delete-me", method: http.MethodPost, path: "/me/delete", tag: "Me", personal: true,
		summary: "Delete my account",
		about: "Documents that only I own and nobody shares are deleted for good. In shared ones what I wrote stays, under " +
			"“Deleted account”."}, a.deleteMe)
}

func (a *API) deleteMe(ctx context.Context, req *request, in *deleteMeIn) (*bodyOf[Farewell], error) {
	user, err := a.auth.MayLeave(ctx, a.from(req), req.who, in.Body.Password, in.Body.Confirm)
	if err != nil {
		return nil, err
	}
	gone, err := a.farewell(ctx, req, user, in.Body.Shared)
	if err != nil {
		return nil, err
	}
	a.auth.ClearCookie(req.fiber)
	return gone, nil
}

// farewell deletes user, and transfers or deletes their documents as shared says.
func (a *API) farewell(ctx context.Context, req *request, user storage.User, shared string) (*bodyOf[Farewell], error) {
	service := farewell.Service{Store: a.store, Now: a.now, Log: a.log}
	done, err := service.Delete(ctx, farewell.Leaving{User: user.ID, Shared: shared, By: req.who, Address: a.from(req).Address})
	if err != nil {
		return nil, err
	}
	return &bodyOf[Farewell]{Farewell{Transferred: done.Transferred, Deleted: done.Deleted}}, nil
}
