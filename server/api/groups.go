package api

import (
	"context"
	"errors"
	"net/http"

	"quire/server/auth"
	"quire/server/problem"
	"quire/storage"
)

// Group is a set of people that a role can be given to.
type Group struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Members   int    `json:"members"`
	Manager   bool   `json:"manager" doc:"You may change it"`
	CreatedAt Time   `json:"created_at"`
}

// Groups is a list of groups, sorted by name.
type Groups struct {
	Items []Group `json:"items" nullable:"false"`
}

// GroupMember is somebody in a group, or somebody with an offer of a place in it.
type GroupMember struct {
	User      MemberUser `json:"user"`
	Manager   bool       `json:"manager"`
	Offered   bool       `json:"offered" doc:"Their place counts once they take it"`
	CreatedAt Time       `json:"created_at"`
}

// GroupMembers is everybody in a group, oldest first. For managers, people with an offer follow.
type GroupMembers struct {
	Items []GroupMember `json:"items" nullable:"false"`
}

type listGroupsIn struct {
	All bool `query:"all" doc:"Every group, not only mine; for administrators"`
}

type GroupPath struct {
	ID string `path:"id" doc:"The group's id"`
}

type GroupMemberPath struct {
	GroupPath
	User string `path:"user" doc:"The person's id"`
}

// NewGroup is the body of a request to create or rename a group.
type NewGroup struct {
	Name string `json:"name" maxLength:"400" doc:"One line, at most 100 characters"`
}

type makeGroupIn struct{ Body NewGroup }

type renameGroupIn struct {
	GroupPath
	Body NewGroup
}

type addGroupMemberIn struct {
	GroupPath
	Body struct {
		Email string `json:"email" maxLength:"254"`
	}
}

type setGroupMemberIn struct {
	GroupMemberPath
	Body struct {
		Manager bool `json:"manager"`
	}
}

func (a *API) registerGroups() {
	const tag = "Groups"
	add(a, route{id: "list-groups", method: http.MethodGet, path: "/groups", tag: tag, summary: "The groups I am in"},
		a.groups)
	add(a, route{id: "make-group", method: http.MethodPost, path: "/groups", tag: tag, status: http.StatusCreated,
		summary: "Make a group", about: "Accounts only. Whoever makes it manages it."}, a.makeGroup)
	add(a, route{id: "get-group", method: http.MethodGet, path: "/groups/{id}", tag: tag, summary: "One group"},
		a.group)
	add(a, route{id: "rename-group", method: http.MethodPatch, path: "/groups/{id}", tag: tag, summary: "Rename a group"},
		a.renameGroup)
	add(a, route{id: "delete-group", method: http.MethodDelete, path: "/groups/{id}", tag: tag, status: http.StatusNoContent,
		summary: "Delete a group, with all that was shared with it"}, a.deleteGroup)
	a.registerGroupMembers()
	a.registerGroupOffers()
	a.registerCandidates()
}

const (
	maxGroups    = storage.MostGroups // shown
	maxAllGroups = 1000               // shown to administrators
)

func (a *API) groups(ctx context.Context, req *request, in *listGroupsIn) (*bodyOf[Groups], error) {
	if req.who.Claims != nil {
		return &bodyOf[Groups]{Groups{[]Group{}}}, nil
	}
	who, limit := req.who.User, maxGroups
	if in.All {
		if !req.who.Admin {
			return nil, problem.Forbidden("Only administrators see every group.")
		}
		who, limit = "", maxAllGroups
	}
	list, err := a.store.Groups(ctx, who, limit)
	if err != nil {
		return nil, err
	}
	items := make([]Group, 0, len(list))
	for _, g := range list {
		items = append(items, Group{
			ID: g.Group.ID, Name: g.Group.Name, Members: g.Members, Manager: g.Manager || req.who.Admin,
			CreatedAt: Time(g.Group.CreatedAt),
		})
	}
	return &bodyOf[Groups]{Groups{items}}, nil
}

func (a *API) makeGroup(ctx context.Context, req *request, in *makeGroupIn) (*bodyOf[Group], error) {
	me, err := a.account(ctx, req, "Sign up first: groups are made by people with an account.")
	if err != nil {
		return nil, err
	}
	name, err := auth.CheckName(in.Body.Name, "body.name")
	if err != nil {
		return nil, err
	}
	group := storage.Group{ID: auth.RandomID(), Name: name, CreatedBy: me.ID, CreatedAt: a.now()}
	if err := takenName(a.sharing.MakeGroup(ctx, a.by(req), group)); err != nil {
		return nil, full(err, "You are in as many groups as one can be in: 200.")
	}
	g, err := a.seeGroup(ctx, req, group.ID)
	if err != nil {
		return nil, err
	}
	return g.show(), nil
}

func takenName(err error) error {
	if errors.Is(err, storage.ErrExists) {
		return problem.Conflict("There is a group of this name already.").In("body.name", "is taken")
	}
	return err
}

func (a *API) group(ctx context.Context, req *request, in *GroupPath) (*bodyOf[Group], error) {
	g, err := a.seeGroup(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	return g.show(), nil
}

func (a *API) renameGroup(ctx context.Context, req *request, in *renameGroupIn) (*bodyOf[Group], error) {
	g, err := a.manage(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	name, err := auth.CheckName(in.Body.Name, "body.name")
	if err != nil {
		return nil, err
	}
	if err := takenName(a.sharing.RenameGroup(ctx, a.by(req), g.Group, name)); err != nil {
		return nil, err
	}
	g.Name = name
	return g.show(), nil
}

func (a *API) deleteGroup(ctx context.Context, req *request, in *GroupPath) (*none, error) {
	g, err := a.manage(ctx, req, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, a.sharing.DeleteGroup(ctx, a.by(req), g.Group, len(g.members))
}
