package api

import (
	"context"
	"errors"
	"strings"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/wire"
	"quire/server/problem"
	"quire/storage"
)

// seen is a document for which see has allowed the request's action.
type seen struct {
	storage.Document
	role access.Role
}

// see checks that the caller may do action to a document. Every call about a document goes through it. Without a role the problem
// is the same whether the document exists or not (W9). A document in the trash exists only for its owners, who can only read,
// restore or delete it.
func (a *API) see(ctx context.Context, req *request, id string, action access.Action) (seen, error) {
	doc := storage.DocumentID(id)
	if !wire.ValidID(id) {
		return seen{}, problem.NotFound()
	}
	role, _, err := a.hub.Role(ctx, req.who, doc)
	if errors.Is(err, collab.ErrForbidden) || err == nil && role == access.None {
		return seen{}, problem.NotFound()
	} else if err != nil {
		return seen{}, err
	}
	d, err := a.store.Document(ctx, doc)
	if err != nil {
		return seen{}, err // ErrNotFound and ErrDeleted become "not found" as above
	}
	if d.Trashed() {
		if !access.Allows(role, access.Trash) {
			return seen{}, problem.NotFound()
		}
		if !inTrash(action) {
			return seen{}, problem.Trashed()
		}
	}
	if !access.Allows(role, action) {
		return seen{}, problem.Forbidden(access.TooLow(role, action))
	}
	if !req.who.Allows(role, action) {
		return seen{}, tokenForbids(req.who)
	}
	req.looked(doc, action)
	return seen{d, role}, nil
}

// tokenForbids returns the problem for what a person's role allows, but not the scopes of their token.
func tokenForbids(who collab.Identity) *problem.Problem {
	if who.Scopes == access.ScopeRead {
		return problem.Forbidden("This token is only for reading.")
	}
	return problem.Forbidden("This token is not for that. It may: " + strings.Join(who.Scopes.Names(), ", ") + ".")
}

// inTrash reports whether an owner may do action to a document in the trash.
func inTrash(action access.Action) bool {
	switch action {
	case access.Read, access.ReadHistory, access.Audit, access.Trash, access.Delete:
		return true
	}
	return false
}

// people returns the users with these ids, which may repeat or be "". Unknown ones are named "Someone".
func (a *API) people(ctx context.Context, ids []storage.UserID) (map[storage.UserID]storage.User, error) {
	found := make(map[storage.UserID]storage.User, len(ids))
	distinct := ids[:0:0]
	for _, id := range ids {
		if _, ok := found[id]; !ok && id != "" {
			found[id] = storage.User{ID: id, Name: "Someone"}
			distinct = append(distinct, id)
		}
	}
	if len(distinct) == 0 {
		return found, nil
	}
	users, err := a.store.Users(ctx, distinct)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		found[u.ID] = u
	}
	return found, nil
}
