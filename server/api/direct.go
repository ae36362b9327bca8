package api

import (
	"context"
	"errors"

	"quire/collab/access"
	"quire/server/problem"
	"quire/server/sharing"
	"quire/storage"
)

// setMember changes somebody's role, or gives one to a person the caller knows (acquaintance).
func (a *API) setMember(ctx context.Context, req *request, in *changeMemberIn) (*bodyOf[Member], error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	before, err := a.store.Grant(ctx, s.ID, storage.UserID(in.User))
	switch {
	case err == nil:
		return a.setRole(ctx, req, s, before, in.Body.Role)
	case !errors.Is(err, storage.ErrNotFound):
		return nil, err
	case in.Body.Role == storage.RoleOwner:
		return nil, problem.Invalid("Only somebody who has a role here can be made an owner.").In("body.role", "give a lower one first")
	}
	return a.addMember(ctx, req, s, storage.UserID(in.User), in.Body.Role)
}

// addMember gives a role to somebody without one. The problem is the same for people the caller does not know and unused ids (W9).
func (a *API) addMember(ctx context.Context, req *request, s seen, user storage.UserID, role string) (*bodyOf[Member], error) {
	if err := a.auth.TryAs(req.who.User); err != nil {
		return nil, err
	}
	asks, err := a.hasAsked(ctx, s.ID, user)
	if err != nil {
		return nil, err
	}
	if asks {
		return a.grantAsked(ctx, req, s, user, role)
	}
	u, err := a.acquaintance(ctx, req, user)
	if err != nil {
		return nil, err
	}
	g := storage.Grant{Document: s.ID, User: user, Role: role, Via: sharing.ViaDirect}
	if _, err := a.sharing.AtLeast(ctx, a.by(req), g, sharing.ViaDirect); err != nil {
		return nil, err
	}
	if g, err = a.store.Grant(ctx, s.ID, user); err != nil {
		return nil, err
	}
	return &bodyOf[Member]{a.member(req, s, g, u)}, nil
}

// acquaintance returns an account that the caller knows independently of documents: they share a group, or the list of people
// shows it.
func (a *API) acquaintance(ctx context.Context, req *request, user storage.UserID) (storage.User, error) {
	u, err := a.person(ctx, string(user))
	if err != nil {
		return u, err
	}
	if !u.Account() || req.who.Claims != nil {
		return u, problem.NotFound()
	}
	var refused *problem.Problem
	switch err := a.mayChoosePeople(ctx, req); {
	case err == nil && !u.Suspended():
		return u, nil
	case err != nil && !errors.As(err, &refused):
		return u, err
	}
	together, err := a.shareGroup(ctx, req.who.User, user)
	if err == nil && !together {
		err = problem.NotFound()
	}
	return u, err
}

// shareGroup reports whether two people are members of the same group.
func (a *API) shareGroup(ctx context.Context, one, other storage.UserID) (bool, error) {
	in := map[string]bool{}
	mine, err := a.store.Groups(ctx, one, maxGroups)
	if err != nil {
		return false, err
	}
	for _, g := range mine {
		in[g.Group.ID] = true
	}
	theirs, err := a.store.Groups(ctx, other, maxGroups)
	for _, g := range theirs {
		if in[g.Group.ID] {
			return true, nil
		}
	}
	return false, err
}
