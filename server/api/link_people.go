package api

import (
	"context"
	"net/http"
	"slices"

	"quire/collab/access"
	"quire/server/auth"
	"quire/server/sharing"
	"quire/storage"
)

func (a *API) registerRestoreLink() {
	add(a, route{id: "restore-link", method: http.MethodPost, path: "/documents/{id}/links/{link}/restore", tag: "Sharing",
		summary: "Bring a withdrawn share link back",
		about: "For a day. Its address opens the document again, and who was removed with it has their role again, unless " +
			"they were given another since."}, a.restoreLink)
}

func (a *API) restoreLink(ctx context.Context, req *request, in *LinkPath) (*bodyOf[Link], error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	list, err := a.store.Links(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(list, func(l storage.Link) bool { return l.ID == in.Link }) {
		return nil, sharing.NotWithdrawn()
	}
	l, err := a.sharing.RestoreLink(ctx, a.by(req), s.ID, in.Link, auth.HashLink(a.auth.LinkToken(in.Link)))
	if err != nil {
		return nil, full(err, tooManyLinks)
	}
	return a.oneLink(ctx, req, l)
}
