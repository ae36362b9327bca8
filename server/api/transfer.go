package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"quire/collab/access"
	"quire/server/problem"
	"quire/server/sharing"
	"quire/storage"
)

// Transferred is the role that the former owner keeps after a transfer.
type Transferred struct {
	Role string `json:"role" enum:"none,viewer,commenter,editor,owner" doc:"Yours now"`
}

type transferIn struct {
	DocumentPath
	Body struct {
		User string `json:"user" doc:"The new owner: a member with an account"`
		Then string `json:"then" enum:"none,viewer,commenter,editor" doc:"Your own role afterwards"`
	}
}

func (a *API) registerTransfer() {
	add(a, route{id: "transfer-document", method: http.MethodPost, path: "/documents/{id}/transfer", tag: "Sharing",
		summary: "Hand a document over to another owner",
		about: "Its space counts for them from then on. With none you leave it, unless a group or the reach lets you in. What " +
			"belongs to an application its tokens hand over, as owners: their own role stays what they say."},
		a.transfer)
}

func (a *API) transfer(ctx context.Context, req *request, in *transferIn) (*bodyOf[Transferred], error) {
	s, err := a.see(ctx, req, in.ID, access.Transfer)
	if err != nil {
		return nil, err
	}
	to := storage.UserID(in.Body.User)
	if err := a.mayReceive(ctx, req, s, to); err != nil {
		return nil, err
	}
	then := strings.TrimSuffix(in.Body.Then, sharing.NoRole)
	err = a.sharing.Transfer(ctx, a.by(req), s.ID, to, then, req.who.Claims != nil)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, problem.Conflict("Only who was made an owner by name, or a token of the application that owns it, can hand a document over.")
	} else if err != nil {
		return nil, err
	}
	role, _, err := a.hub.Role(ctx, req.who, s.ID)
	if err != nil {
		return nil, err
	}
	return &bodyOf[Transferred]{Transferred{role.String()}}, nil
}

// mayReceive returns a problem unless to can become the owner: a member who has an account and enough quota left.
func (a *API) mayReceive(ctx context.Context, req *request, s seen, to storage.UserID) error {
	if to == req.who.User && req.who.Claims == nil {
		return problem.Invalid("You own this document already.").In("body.user", "is you")
	}
	ways, err := a.store.HeldRoles(ctx, s.ID, to)
	if err != nil {
		return err
	}
	if len(ways) == 0 {
		return problem.Invalid("A document is handed over to somebody who has a role on it. Share it with them first.").
			In("body.user", "is no member")
	}
	u, err := a.store.User(ctx, to)
	if err != nil {
		return err
	}
	if u.Guest {
		return guestsOwnNothing("body.user")
	}
	head, err := a.store.Head(ctx, s.ID)
	if err != nil {
		return err
	}
	return a.space(ctx, storage.Document{Owner: to}, int(head.Bytes))
}
