package api

import (
	"context"
	"errors"
	"net/http"

	"quire/collab"
	"quire/collab/access"
	"quire/server/auth"
	"quire/server/problem"
	"quire/server/sharing"
	"quire/storage"
)

// LinkPreview is what a share link shows before it is used.
type LinkPreview struct {
	Document PreviewDocument `json:"document"`
	Role     string          `json:"role" enum:"viewer,commenter,editor"`
	Inviter  Inviter         `json:"inviter"`
}

// PreviewDocument is a document as shown by a link before it is used.
type PreviewDocument struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// Inviter is who made a link, an invitation or an offer.
type Inviter struct {
	Name string `json:"name"`
}

// LinkClaim is the result of using a share link.
type LinkClaim struct {
	DocumentID string `json:"document_id"`
	Role       string `json:"role" enum:"viewer,commenter,editor,owner"`
	User       User   `json:"user"`
}

type tokenIn struct {
	Body struct {
		Token string `json:"token" maxLength:"200"`
	}
}

type claimIn struct {
	Body struct {
		Token string `json:"token" maxLength:"200"`
		Name  string `json:"name,omitempty" maxLength:"400" doc:"Of a guest"`
		Color *int   `json:"color,omitempty" minimum:"0" maximum:"11" doc:"Of a guest"`
	}
}

func (a *API) registerVisitors() {
	add(a, route{id: "preview-link", method: http.MethodPost, path: "/links/preview", tag: "Sharing", public: true,
		summary: "What a share link leads to"}, a.preview)
	add(a, route{id: "claim-link", method: http.MethodPost, path: "/links/claim", tag: "Sharing", public: true,
		summary: "Use a share link", about: "Without a sign-in a guest is made and signed in. A higher role is kept."}, a.claim)
}

// linkGone returns the problem for a link that does not work, whatever the reason.
func linkGone() *problem.Problem {
	return problem.NotFound().Because("This link no longer works. Ask whoever sent it for a new one.")
}

// open returns the link with a token, and its document. An unknown token counts as a try by the IP address.
func (a *API) open(ctx context.Context, req *request, token string) (storage.Link, storage.Document, error) {
	l, err := a.store.LinkByToken(ctx, auth.HashLink(token))
	if errors.Is(err, storage.ErrNotFound) {
		if err := a.auth.TryFrom(a.from(req).Address); err != nil {
			return l, storage.Document{}, err
		}
		return l, storage.Document{}, linkGone()
	} else if err != nil {
		return l, storage.Document{}, err
	}
	if a.ended(l.ExpiresAt) {
		return l, storage.Document{}, problem.LinkExpired(l.ExpiresAt)
	}
	d, err := a.store.Document(ctx, l.Document)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDeleted) || err == nil && d.Trashed() {
		return l, d, linkGone()
	}
	return l, d, err
}

func (a *API) preview(ctx context.Context, req *request, in *tokenIn) (*bodyOf[LinkPreview], error) {
	l, d, err := a.open(ctx, req, in.Body.Token)
	if err != nil {
		return nil, err
	}
	people, err := a.people(ctx, []storage.UserID{l.CreatedBy})
	if err != nil {
		return nil, err
	}
	return &bodyOf[LinkPreview]{LinkPreview{
		Document: PreviewDocument{ID: string(d.ID), Title: d.Title}, Role: l.Role, Inviter: Inviter{people[l.CreatedBy].Name},
	}}, nil
}

func (a *API) claim(ctx context.Context, req *request, in *claimIn) (*bodyOf[LinkClaim], error) {
	if err := a.auth.RequireOwnOrigin(req.fiber); err != nil {
		return nil, err
	}
	who, err := a.maybe(req)
	if err != nil {
		return nil, err
	}
	if who != nil && who.Claims != nil {
		return nil, problem.Forbidden("What an application's token reaches, its documents claim says.")
	}
	if who != nil && (!who.Allows(access.Owner, access.RequestAccess) || who.Documents != nil) {
		return nil, tokenForbids(*who)
	}
	l, d, err := a.open(ctx, req, in.Body.Token)
	if err != nil {
		return nil, err
	}
	user, by, err := a.visitor(ctx, req, who, in)
	if err != nil {
		return nil, err
	}
	req.who, ctx = by, as(ctx, by)
	role, err := a.sharing.AtLeast(ctx, a.by(req), storage.Grant{Document: d.ID, User: user.ID, Role: l.Role, Via: sharing.ViaLink + ":" + l.ID}, l.ID)
	if err != nil {
		return nil, err
	}
	return &bodyOf[LinkClaim]{LinkClaim{DocumentID: string(d.ID), Role: role, User: userOf(user)}}, nil
}

// visitor returns who opened the link: the person signed in or a new guest, who is signed in with a cookie.
func (a *API) visitor(ctx context.Context, req *request, who *collab.Identity, in *claimIn) (storage.User, collab.Identity, error) {
	if who != nil {
		user, err := a.auth.Me(ctx, *who)
		return user, *who, err
	}
	if err := a.auth.TryFrom(a.from(req).Address); err != nil { // each call creates a user
		return storage.User{}, collab.Identity{}, err
	}
	user, proof, err := a.auth.NewGuest(ctx, a.from(req), in.Body.Name, in.Body.Color)
	if err != nil {
		return user, collab.Identity{}, err
	}
	a.auth.SetCookie(req.fiber, proof)
	return user, collab.Identity{User: user.ID, Name: user.Name, Color: user.Color, Guest: true}, nil
}
