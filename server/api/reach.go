package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"quire/collab/access"
	"quire/server/sharing"
)

// Reach is the role that everybody with an account here has on a document whose address they know.
type Reach struct {
	Role string `json:"role" enum:"none,viewer,commenter,editor"`
}

type reachIn struct {
	DocumentPath
	Body Reach
}

func (a *API) registerReach() {
	add(a, route{id: "get-reach", method: http.MethodGet, path: "/documents/{id}/reach", tag: "Sharing",
		summary: "What everybody with an account here may do"}, a.reach)
	add(a, route{id: "set-reach", method: http.MethodPut, path: "/documents/{id}/reach", tag: "Sharing",
		summary: "Open a document to everybody with an account here, or close it",
		about:   "They need its address: it is listed only for those who were given a role by name, group or link."},
		a.setReach)
}

func (a *API) reach(ctx context.Context, req *request, in *DocumentPath) (*bodyOf[Reach], error) {
	s, err := a.see(ctx, req, in.ID, access.Read)
	if err != nil {
		return nil, err
	}
	r, err := a.store.Reach(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	return &bodyOf[Reach]{Reach{cmp.Or(r.Role, sharing.NoRole)}}, nil
}

func (a *API) setReach(ctx context.Context, req *request, in *reachIn) (*bodyOf[Reach], error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	r, err := a.sharing.SetReach(ctx, a.by(req), s.ID, strings.TrimSuffix(in.Body.Role, sharing.NoRole))
	return &bodyOf[Reach]{Reach{cmp.Or(r.Role, sharing.NoRole)}}, err
}
