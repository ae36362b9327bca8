package api

import (
	"context"
	"errors"

	"quire/collab"
	"quire/collab/access"
	"quire/server/auth"
	"quire/server/problem"
	"quire/storage"
)

// invitationGone returns the problem for an invitation that does not work, whatever the reason.
func invitationGone() *problem.Problem {
	return problem.NotFound().Because("This invitation no longer works. Ask whoever sent it for a new one.")
}

// openInvitation returns the invitation with a token, and its document. An unknown token counts as a try by the IP address.
func (a *API) openInvitation(ctx context.Context, req *request, token string) (storage.Invitation, storage.Document, error) {
	i, err := a.store.InvitationByToken(ctx, auth.HashLink(token))
	if errors.Is(err, storage.ErrNotFound) {
		if err := a.auth.TryFrom(a.from(req).Address); err != nil {
			return i, storage.Document{}, err
		}
		return i, storage.Document{}, invitationGone()
	} else if err != nil {
		return i, storage.Document{}, err
	}
	if a.ended(i.ExpiresAt) {
		return i, storage.Document{}, problem.InvitationExpired(i.ExpiresAt)
	}
	stands, err := a.stands(ctx, i)
	if err == nil && !stands {
		err = invitationGone()
	}
	if err != nil {
		return i, storage.Document{}, err
	}
	d, err := a.invitedTo(ctx, i)
	return i, d, err
}

// stands reports whether an invitation's URL still works: only while its maker may share the document. They know the URL, so after
// losing their own access they could come back with it. The recipient still finds the invitation in their list. URLs made by an
// application's people keep working, because its tokens decide what these people may do.
func (a *API) stands(ctx context.Context, i storage.Invitation) (bool, error) {
	maker, err := a.store.User(ctx, i.CreatedBy)
	if err != nil || maker.OfApplication() {
		return err == nil, err
	}
	role, _, err := a.hub.Role(ctx, collab.Identity{User: maker.ID}, i.Document)
	return access.Allows(role, access.Share) && !maker.Suspended(), err
}

// invitedTo returns an invitation's document, or invitationGone if it is deleted or in the trash.
func (a *API) invitedTo(ctx context.Context, i storage.Invitation) (storage.Document, error) {
	d, err := a.store.Document(ctx, i.Document)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDeleted) || err == nil && d.Trashed() {
		return d, invitationGone()
	}
	return d, err
}

func (a *API) previewInvitation(ctx context.Context, req *request, in *tokenIn) (*bodyOf[InvitationPreview], error) {
	i, d, err := a.openInvitation(ctx, req, in.Body.Token)
	if err != nil {
		return nil, err
	}
	people, err := a.people(ctx, []storage.UserID{i.CreatedBy})
	if err != nil {
		return nil, err
	}
	return &bodyOf[InvitationPreview]{InvitationPreview{
		Document: PreviewDocument{ID: string(d.ID), Title: d.Title}, Role: i.Role, Inviter: Inviter{people[i.CreatedBy].Name},
		EmailHint: maskEmail(i.Email), ExpiresAt: Time(i.ExpiresAt),
	}}, nil
}

func (a *API) claimInvitation(ctx context.Context, req *request, in *tokenIn) (*bodyOf[AccessGiven], error) {
	me, err := a.account(ctx, req, "Sign up first: an invitation is for somebody with an account.")
	if err != nil {
		return nil, err
	}
	i, _, err := a.openInvitation(ctx, req, in.Body.Token)
	if err != nil {
		return nil, err
	}
	return a.takeInvitation(ctx, req, i, me)
}

// account returns the caller's user if they have an account. Guests get a problem with the text why.
func (a *API) account(ctx context.Context, req *request, why string) (storage.User, error) {
	if req.who.Claims != nil {
		return storage.User{}, problem.Forbidden("What an application's token reaches, its documents claim says.")
	}
	me, err := a.auth.Me(ctx, req.who)
	if err == nil && (me.Guest || me.Email == "") {
		return me, problem.Forbidden(why)
	}
	return me, err
}

// takeInvitation uses an invitation up for me.
func (a *API) takeInvitation(ctx context.Context, req *request, i storage.Invitation, me storage.User) (*bodyOf[AccessGiven], error) {
	role, err := a.sharing.Claim(ctx, a.by(req), i, me.ID)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDeleted) {
		return nil, invitationGone()
	} else if err != nil {
		return nil, err
	}
	return &bodyOf[AccessGiven]{AccessGiven{DocumentID: string(i.Document), Role: role}}, nil
}
