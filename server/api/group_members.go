package api

import (
	"context"
	"errors"
	"net/http"

	"quire/server/auth"
	"quire/server/problem"
	"quire/storage"
)

func (a *API) registerGroupMembers() {
	const tag = "Groups"
	add(a, route{id: "list-group-members", method: http.MethodGet, path: "/groups/{id}/members", tag: tag,
		summary: "Who is in a group", about: "Managers see to whom a place is offered, too. E-mails are shown to whose they are and to administrators."}, a.groupMembers)
	add(a, route{id: "add-group-member", method: http.MethodPost, path: "/groups/{id}/members", tag: tag,
		status: http.StatusAccepted, summary: "Offer a place in a group to the account of an e-mail",
		about: "The answer is the same whether there is such an account that is known here; the list shows who is in, and " +
			"to whom a place is offered. An administrator's counts at once."},
		a.addGroupMember)
	add(a, route{id: "set-group-member", method: http.MethodPut, path: "/groups/{id}/members/{user}", tag: tag,
		summary: "Offer somebody a place in a group, or change whether a member manages it",
		about: "list-group-candidates names people. Who is not in has to be of that list, or of another group of who asks; all " +
			"others, suspended ones too, are answered with 404 like nobody. A place counts once it was taken, and at once if an " +
			"administrator gives it, to any account."}, a.setGroupMember)
	add(a, route{id: "remove-group-member", method: http.MethodDelete, path: "/groups/{id}/members/{user}", tag: tag,
		status: http.StatusNoContent, summary: "Take somebody out of a group, or leave it"}, a.removeGroupMember)
}

func (a *API) groupMembers(ctx context.Context, req *request, in *GroupPath) (*bodyOf[GroupMembers], error) {
	g, err := a.seeGroup(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	ids := g.people()
	if g.manager {
		for _, o := range g.offers {
			ids = append(ids, o.User)
		}
	}
	people, err := a.people(ctx, ids)
	if err != nil {
		return nil, err
	}
	items := make([]GroupMember, 0, len(ids))
	for _, m := range g.members {
		items = append(items, groupMember(req, m, people[m.User]))
	}
	for _, o := range g.offers {
		if g.manager {
			items = append(items, offeredMember(o, people[o.User]))
		}
	}
	return &bodyOf[GroupMembers]{GroupMembers{items}}, nil
}

func groupMember(req *request, m storage.GroupMember, u storage.User) GroupMember {
	return GroupMember{User: memberUser(req, u), Manager: m.Manager, CreatedAt: Time(m.CreatedAt)}
}

// addGroupMember offers a place to the account with that e-mail, if the e-mail is verified or vouched for: otherwise it may be
// somebody else's. The response does not reveal whether there is such an account.
func (a *API) addGroupMember(ctx context.Context, req *request, in *addGroupMemberIn) (*none, error) {
	g, err := a.manage(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	email, err := auth.CheckEmail(in.Body.Email, "body.email")
	if err != nil {
		return nil, err
	}
	if err := a.auth.TryAs(req.who.User); err != nil {
		return nil, err
	}
	u, err := a.store.UserByEmail(ctx, email)
	if errors.Is(err, storage.ErrNotFound) || err == nil && (u.Guest || !u.Known() || u.Suspended() || g.has(u.ID)) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	_, err = a.place(ctx, req, g, u, false)
	return nil, err
}

// place sets whether a member is a manager. A manager offers a place to somebody who is not a member; an administrator adds them.
func (a *API) place(ctx context.Context, req *request, g seenGroup, u storage.User, manager bool) (GroupMember, error) {
	if !g.has(u.ID) && !req.who.Admin {
		o := storage.GroupOffer{Group: g.ID, User: u.ID, Manager: manager, CreatedBy: req.who.User, CreatedAt: a.now()}
		return offeredMember(o, u), full(a.sharing.OfferPlace(ctx, a.by(req), g.Group, o), tooManyMembers)
	}
	m := storage.GroupMember{Group: g.ID, User: u.ID, Manager: manager, CreatedAt: a.now()}
	for _, before := range g.members {
		if before.User == u.ID {
			m.CreatedAt = before.CreatedAt
		}
	}
	return groupMember(req, m, u), full(a.sharing.SetMember(ctx, a.by(req), g.Group, m), tooManyMembers)
}

const tooManyMembers = "A group has at most 2000 members."

func (a *API) setGroupMember(ctx context.Context, req *request, in *setGroupMemberIn) (*bodyOf[GroupMember], error) {
	g, err := a.manage(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	u, err := a.placeable(ctx, req, g, storage.UserID(in.User))
	if err != nil {
		return nil, err
	}
	m, err := a.place(ctx, req, g, u, in.Body.Manager)
	if err != nil {
		return nil, err
	}
	return &bodyOf[GroupMember]{m}, nil
}

// placeable returns a person who can get a place in the group: a member, somebody with an offer or, for administrators, anybody with
// an account. For others a manager must know them (acquaintance); the problem is the same for unknown people and unused ids (W9).
func (a *API) placeable(ctx context.Context, req *request, g seenGroup, user storage.UserID) (storage.User, error) {
	if !g.has(user) && !g.offered(user) && !req.who.Admin {
		if err := a.auth.TryAs(req.who.User); err != nil {
			return storage.User{}, err
		}
		return a.acquaintance(ctx, req, user)
	}
	u, err := a.person(ctx, string(user))
	if err == nil && !u.Account() {
		err = problem.Invalid("Only people with an account can be in a group.").In("path.user", "needs an account")
	}
	return u, err
}

// removeGroupMember removes a member, or withdraws the offer to somebody.
func (a *API) removeGroupMember(ctx context.Context, req *request, in *GroupMemberPath) (*none, error) {
	g, err := a.seeGroup(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	user := storage.UserID(in.User)
	if g.manager && g.offered(user) {
		return nil, a.sharing.WithdrawPlace(ctx, a.by(req), g.Group, user, false)
	}
	if !g.manager && user != req.who.User {
		return nil, problem.Forbidden("Only the group's managers can change it.")
	}
	return nil, a.sharing.RemoveMember(ctx, a.by(req), g.Group, user)
}
