package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"quire/collab/access"
	"quire/collab/wire"
	"quire/server/problem"
	"quire/storage"
)

// AccessRequest is somebody's request for a role.
type AccessRequest struct {
	User      MemberUser `json:"user"`
	EmailHint string     `json:"email_hint" doc:"Their e-mail, most of it hidden: who knows it recognizes it"`
	Role      string     `json:"role" enum:"viewer,commenter,editor"`
	Message   string     `json:"message"`
	CreatedAt Time       `json:"created_at"`
}

// AccessRequests is the open requests for a document, oldest first.
type AccessRequests struct {
	Items []AccessRequest `json:"items" nullable:"false"`
}

type requestAccessIn struct {
	DocumentPath
	Body struct {
		Role    string `json:"role" enum:"viewer,commenter,editor"`
		Message string `json:"message,omitempty" maxLength:"2000"`
	}
}

type grantRequestIn struct {
	MemberPath
	Body struct {
		Role string `json:"role" enum:"viewer,commenter,editor"`
	}
}

func (a *API) registerRequests() {
	add(a, route{id: "request-access", method: http.MethodPost, path: "/documents/{id}/requests", tag: "Sharing",
		status: http.StatusAccepted, summary: "Ask a document's owners for a role",
		about: "Accounts only. The answer is the same whether there is such a document."}, a.requestAccess)
	add(a, route{id: "list-requests", method: http.MethodGet, path: "/documents/{id}/requests", tag: "Sharing",
		summary: "Who asks for a role"}, a.requests)
	add(a, route{id: "grant-request", method: http.MethodPost, path: "/documents/{id}/requests/{user}/grant", tag: "Sharing",
		summary: "Give somebody who asked a role", about: "A higher role they have is kept."}, a.grantRequest)
	add(a, route{id: "decline-request", method: http.MethodDelete, path: "/documents/{id}/requests/{user}", tag: "Sharing",
		status: http.StatusNoContent, summary: "Decline somebody's request"}, a.declineRequest)
}

// requestAccess stores a request for access. The response is the same whether the document exists or not (W9).
func (a *API) requestAccess(ctx context.Context, req *request, in *requestAccessIn) (*none, error) {
	me, err := a.account(ctx, req, "Sign up first: only somebody with an account can ask for access.")
	if err != nil {
		return nil, err
	}
	if err := a.auth.TryAs(me.ID); err != nil {
		return nil, err
	}
	doc := storage.DocumentID(in.ID)
	if !req.who.Allows(access.Owner, access.RequestAccess) || !req.who.Reaches(doc) {
		return nil, tokenForbids(req.who)
	}
	open, err := a.takesRequests(ctx, req, doc, in.Body.Role)
	if err != nil {
		return nil, err
	}
	if open {
		err = a.sharing.Ask(ctx, storage.AccessRequest{
			Document: doc, User: me.ID, Role: in.Body.Role, Message: in.Body.Message, CreatedAt: a.now(),
		})
		if !errors.Is(err, storage.ErrNotFound) && !errors.Is(err, storage.ErrDeleted) && !errors.Is(err, storage.ErrFull) {
			return nil, err
		}
	}
	return nil, a.missedRequest(ctx, req, doc)
}

// missedRequest writes an entry for a request that is not stored. Without it such a request would be answered sooner than one that is,
// by the time of a commit, and tell that there is no such document. It names nobody, so that no export of their own tells either.
func (a *API) missedRequest(ctx context.Context, req *request, doc storage.DocumentID) error {
	if !wire.ValidID(string(doc)) {
		doc = ""
	}
	_, err := a.store.Note(ctx, storage.AuditEntry{
		At: a.now(), Action: "request.missed", Document: doc, Address: a.from(req).Address,
	})
	return err
}

// takesRequests reports whether to store a request for the role wants: the document exists, and the caller does not have the role
// already. It asks the store the same questions whatever the answers are, so that they take as long.
func (a *API) takesRequests(ctx context.Context, req *request, doc storage.DocumentID, wants string) (bool, error) {
	d, err := a.store.Document(ctx, doc)
	absent := errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDeleted)
	if err != nil && !absent {
		return false, err
	}
	role, _, err := a.hub.Role(ctx, req.who, doc)
	if err != nil {
		return false, err
	}
	wanted, _ := access.Parse(wants)
	has := role >= wanted || !access.Allows(role, access.RequestAccess)
	return !absent && !d.Trashed() && !has, nil
}

func (a *API) requests(ctx context.Context, req *request, in *DocumentPath) (*bodyOf[AccessRequests], error) {
	items, err := ofDocument(ctx, a, req, in, access.Share, a.store.Requests,
		func(r storage.AccessRequest) storage.UserID { return r.User },
		func(_ seen, r storage.AccessRequest, u storage.User) (AccessRequest, error) {
			return AccessRequest{
				User: memberUser(req, u), EmailHint: maskEmail(u.Email), Role: r.Role, Message: r.Message, CreatedAt: Time(r.CreatedAt),
			}, nil
		})
	return &bodyOf[AccessRequests]{AccessRequests{items}}, err
}

// asked returns a document that the caller may share, and the person in the path, who must have asked for access.
func (a *API) asked(ctx context.Context, req *request, in *MemberPath) (seen, storage.UserID, error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return s, "", err
	}
	user := storage.UserID(in.User)
	asks, err := a.hasAsked(ctx, s.ID, user)
	if err == nil && !asks {
		err = problem.NotFound()
	}
	return s, user, err
}

// hasAsked reports whether user has an open request for doc.
func (a *API) hasAsked(ctx context.Context, doc storage.DocumentID, user storage.UserID) (bool, error) {
	list, err := a.store.Requests(ctx, doc)
	return slices.ContainsFunc(list, func(r storage.AccessRequest) bool { return r.User == user }), err
}

func (a *API) grantRequest(ctx context.Context, req *request, in *grantRequestIn) (*bodyOf[Member], error) {
	s, user, err := a.asked(ctx, req, &in.MemberPath)
	if err != nil {
		return nil, err
	}
	return a.grantAsked(ctx, req, s, user, in.Body.Role)
}

// grantAsked grants the request of user with role, and deletes it.
func (a *API) grantAsked(ctx context.Context, req *request, s seen, user storage.UserID, role string) (*bodyOf[Member], error) {
	u, err := a.store.User(ctx, user)
	if err != nil {
		return nil, err
	}
	if err := a.sharing.GrantRequest(ctx, a.by(req), s.ID, user, role); err != nil {
		return nil, err
	}
	g, err := a.store.Grant(ctx, s.ID, user)
	if err != nil {
		return nil, err
	}
	return &bodyOf[Member]{a.member(req, s, g, u)}, nil
}

func (a *API) declineRequest(ctx context.Context, req *request, in *MemberPath) (*none, error) {
	s, user, err := a.asked(ctx, req, in)
	if err != nil {
		return nil, err
	}
	return nil, a.sharing.DeclineRequest(ctx, a.by(req), s.ID, user)
}
