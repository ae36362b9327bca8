package api

import (
	"context"
	"errors"
	"net/http"

	"quire/server/audit"
	"quire/server/auth"
	"quire/server/problem"
	"quire/storage"
)

func (a *API) registerGroupMembers() {
	const tag = "Groups"
	add(a, route{id: "list-group-members", method: http.MethodGet, path: "/groups/{id}/members", tag: tag,
		summary: "Who is in a group", about: "E-mails are shown to its managers only."}, a.groupMembers)
	add(a, route{id: "add-group-member", method: http.MethodPost, path: "/groups/{id}/members", tag: tag,
		status: http.StatusAccepted, summary: "Put the account of an e-mail into a group",
		about: "The answer is the same whether there is a verified account of that e-mail; the list shows who is in."},
		a.addGroupMember)
	add(a, route{id: "set-group-member", method: http.MethodPut, path: "/groups/{id}/members/{user}", tag: tag,
		summary: "Put somebody into a group, or change whether they manage it",
		about:   "Whoever shares a document with somebody knows their id."}, a.setGroupMember)
	add(a, route{id: "remove-group-member", method: http.MethodDelete, path: "/groups/{id}/members/{user}", tag: tag,
		status: http.StatusNoContent, summary: "Take somebody out of a group, or leave it"}, a.removeGroupMember)
}

func (a *API) groupMembers(ctx context.Context, req *request, in *GroupPath) (*bodyOf[GroupMembers], error) {
	g, err := a.seeGroup(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	people, err := a.people(ctx, g.people())
	if err != nil {
		return nil, err
	}
	items := make([]GroupMember, 0, len(g.members))
	for _, m := range g.members {
		items = append(items, groupMember(req, g, m, people[m.User]))
	}
	return &bodyOf[GroupMembers]{GroupMembers{items}}, nil
}

func groupMember(req *request, g seenGroup, m storage.GroupMember, u storage.User) GroupMember {
	shown := GroupMember{User: MemberUser{Person: personOf(u)}, Manager: m.Manager, CreatedAt: Time(m.CreatedAt)}
	if g.manager || m.User == req.who.User {
		shown.User.Email = u.Email
	}
	return shown
}

// addGroupMember puts in whoever has shown that the e-mail is theirs. That there is nobody like that is not told: the
// address of an account is no secret the API gives away, and one that is not verified may be somebody else's.
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
	if errors.Is(err, storage.ErrNotFound) || err == nil && (u.Guest || u.VerifiedAt.IsZero() || g.has(u.ID)) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return nil, a.putInGroup(ctx, req, g, storage.GroupMember{Group: g.ID, User: u.ID, CreatedAt: a.now()})
}

func (a *API) putInGroup(ctx context.Context, req *request, g seenGroup, m storage.GroupMember) error {
	if !g.has(m.User) && len(g.members) >= maxGroupMembers {
		return problem.Conflict("A group has at most 2000 members.")
	}
	err := a.audited(ctx, req, storage.AuditEntry{
		Action: "group.member", Subject: string(m.User), Detail: audit.Detail("group", g.ID, "name", g.Name, "manager", m.Manager),
	}, func() error { return a.store.SetGroupMember(ctx, m) })
	if err != nil {
		return err
	}
	a.hub.GroupChanged(g.ID, []storage.UserID{m.User}, req.who)
	return a.groupTold(ctx, g.ID)
}

func (a *API) setGroupMember(ctx context.Context, req *request, in *setGroupMemberIn) (*bodyOf[GroupMember], error) {
	g, err := a.manage(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	u, err := a.store.User(ctx, storage.UserID(in.User))
	if err != nil {
		return nil, err
	}
	if u.Guest || u.Email == "" {
		return nil, problem.Invalid("Only people with an account can be in a group.").In("path.user", "needs an account")
	}
	m := storage.GroupMember{Group: g.ID, User: u.ID, Manager: in.Body.Manager, CreatedAt: a.now()}
	if err := a.putInGroup(ctx, req, g, m); err != nil {
		return nil, err
	}
	for _, before := range g.members {
		if before.User == u.ID {
			m.CreatedAt = before.CreatedAt
		}
	}
	return &bodyOf[GroupMember]{groupMember(req, g, m, u)}, nil
}

func (a *API) removeGroupMember(ctx context.Context, req *request, in *GroupMemberPath) (*none, error) {
	g, err := a.seeGroup(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	user := storage.UserID(in.User)
	if !g.manager && user != req.who.User {
		return nil, problem.Forbidden("Only the group's managers can change it.")
	}
	err = a.audited(ctx, req, storage.AuditEntry{
		Action: "group.remove", Subject: in.User, Detail: audit.Detail("group", g.ID, "name", g.Name),
	}, func() error { return a.store.RemoveGroupMember(ctx, g.ID, user) })
	if err != nil {
		return nil, err
	}
	a.hub.GroupChanged(g.ID, []storage.UserID{user}, req.who)
	return nil, a.groupTold(ctx, g.ID)
}
