package api

import (
	"context"
	"errors"
	"net/http"

	"quire/server/problem"
	"quire/storage"
)

// MyInvitation is an open invitation to the caller.
type MyInvitation struct {
	ID        string          `json:"id"`
	Document  PreviewDocument `json:"document"`
	Role      string          `json:"role" enum:"viewer,commenter,editor"`
	Inviter   Inviter         `json:"inviter"`
	CreatedAt Time            `json:"created_at"`
	ExpiresAt Time            `json:"expires_at"`
}

// MyInvitations is the open invitations to the caller's e-mail, oldest first.
type MyInvitations struct {
	Items []MyInvitation `json:"items" nullable:"false"`
}

type myInvitationPath struct {
	Invitation string `path:"invitation"`
}

func (a *API) registerInbox() {
	add(a, route{id: "list-my-invitations", method: http.MethodGet, path: "/me/invitations", tag: "Me",
		summary: "Invitations that wait for me", about: "Those to my e-mail, once I am known here: it is verified, or an administrator vouches for me."},
		a.myInvitations)
	add(a, route{id: "accept-invitation", method: http.MethodPost, path: "/me/invitations/{invitation}/accept", tag: "Me",
		summary: "Accept an invitation"}, a.acceptInvitation)
	add(a, route{id: "decline-invitation", method: http.MethodDelete, path: "/me/invitations/{invitation}", tag: "Me",
		status: http.StatusNoContent, summary: "Decline an invitation"}, a.declineInvitation)
}

const shownInvitations = 100

// waiting returns the caller and the open invitations to their e-mail. It returns none if the e-mail may be somebody else's, because
// it is neither verified nor vouched for.
func (a *API) waiting(ctx context.Context, req *request) (storage.User, []storage.Invitation, error) {
	me, err := a.auth.Me(ctx, req.who)
	if err != nil || me.Guest || me.Email == "" || !me.Known() || req.who.Claims != nil {
		return me, nil, err
	}
	list, err := a.store.InvitationsTo(ctx, me.Email, a.now())
	if len(list) > shownInvitations {
		list = list[:shownInvitations]
	}
	return me, list, err
}

func (a *API) myInvitations(ctx context.Context, req *request, _ *struct{}) (*bodyOf[MyInvitations], error) {
	_, list, err := a.waiting(ctx, req)
	if err != nil {
		return nil, err
	}
	items, err := listed(ctx, a, list, invitedBy, func(i storage.Invitation, by storage.User) (MyInvitation, error) {
		d, err := a.invitedTo(ctx, i)
		var gone *problem.Problem
		if errors.As(err, &gone) {
			err = errLeftOut
		}
		return MyInvitation{
			ID: i.ID, Document: PreviewDocument{ID: string(d.ID), Title: d.Title}, Role: i.Role,
			Inviter: Inviter{by.Name}, CreatedAt: Time(i.CreatedAt), ExpiresAt: Time(i.ExpiresAt),
		}, err
	})
	return &bodyOf[MyInvitations]{MyInvitations{items}}, err
}

// mine returns the caller and one of their open invitations, or invitationGone.
func (a *API) mine(ctx context.Context, req *request, id string) (storage.User, storage.Invitation, error) {
	me, list, err := a.waiting(ctx, req)
	for _, i := range list {
		if i.ID == id {
			return me, i, err
		}
	}
	if err == nil {
		err = invitationGone()
	}
	return me, storage.Invitation{}, err
}

func (a *API) acceptInvitation(ctx context.Context, req *request, in *myInvitationPath) (*bodyOf[AccessGiven], error) {
	me, i, err := a.mine(ctx, req, in.Invitation)
	if err != nil {
		return nil, err
	}
	if _, err = a.invitedTo(ctx, i); err != nil {
		return nil, err
	}
	return a.takeInvitation(ctx, req, i, me)
}

func (a *API) declineInvitation(ctx context.Context, req *request, in *myInvitationPath) (*none, error) {
	_, i, err := a.mine(ctx, req, in.Invitation)
	if err != nil {
		return nil, err
	}
	return nil, a.sharing.DeclineInvitation(ctx, a.by(req), i)
}
