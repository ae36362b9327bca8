package api

import (
	"context"
	"slices"

	"quire/collab/wire"
	"quire/server/problem"
	"quire/storage"
)

// seenGroup is a group that the caller may see.
type seenGroup struct {
	storage.Group
	members []storage.GroupMember
	offers  []storage.GroupOffer
	manager bool // the caller may change it
}

// seeGroup returns a group if the caller may see it. Every call about a group goes through it. Unless the caller is a member or an
// administrator, the problem is the same whether the group exists or not (W9).
func (a *API) seeGroup(ctx context.Context, req *request, id string) (seenGroup, error) {
	if !wire.ValidID(id) {
		return seenGroup{}, problem.NotFound()
	}
	group, err := a.store.Group(ctx, id)
	if err != nil {
		return seenGroup{}, err
	}
	g := seenGroup{Group: group}
	if g.members, err = a.store.GroupMembers(ctx, id); err != nil {
		return seenGroup{}, err
	}
	if g.offers, err = a.store.GroupOffers(ctx, id); err != nil {
		return seenGroup{}, err
	}
	visible := req.who.Admin && req.who.Claims == nil
	g.manager = visible
	for _, m := range g.members {
		if m.User == req.who.User {
			visible, g.manager = true, g.manager || m.Manager
		}
	}
	if !visible || req.who.Claims != nil {
		return seenGroup{}, problem.NotFound()
	}
	return g, nil
}

// manage is seeGroup for calls that only managers may make.
func (a *API) manage(ctx context.Context, req *request, id string) (seenGroup, error) {
	g, err := a.seeGroup(ctx, req, id)
	if err == nil && !g.manager {
		err = problem.Forbidden("Only the group's managers can change it.")
	}
	return g, err
}

func (g seenGroup) show() *bodyOf[Group] {
	return &bodyOf[Group]{Group{
		ID: g.ID, Name: g.Name, Members: len(g.members), Manager: g.manager, CreatedAt: Time(g.CreatedAt),
	}}
}

// people returns the ids of the members.
func (g seenGroup) people() []storage.UserID {
	ids := make([]storage.UserID, 0, len(g.members))
	for _, m := range g.members {
		ids = append(ids, m.User)
	}
	return ids
}

func (g seenGroup) offered(user storage.UserID) bool {
	return slices.ContainsFunc(g.offers, func(o storage.GroupOffer) bool { return o.User == user })
}

func (g seenGroup) has(user storage.UserID) bool { return slices.Contains(g.people(), user) }
