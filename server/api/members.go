package api

import (
	"context"
	"net/http"

	"quire/collab/access"
	"quire/server/problem"
	"quire/server/sharing"
	"quire/storage"
)

// Member is somebody with a role on a document.
type Member struct {
	User      MemberUser `json:"user"`
	Role      string     `json:"role" enum:"viewer,commenter,editor,owner"`
	CreatedAt Time       `json:"created_at"`
	Via       string     `json:"via" doc:"How they came: owner, link, invitation, request, direct"`
	Link      string     `json:"link,omitempty" doc:"With via link, the link's id; for owners. Not noted of those who came long ago"`
}

// MemberUser is a person. The e-mail is shown to whose it is, to administrators, and to whoever invited that very address.
type MemberUser struct {
	Person
	Email string `json:"email,omitempty"`
}

// Members is everybody with a role, oldest first.
type Members struct {
	Items []Member `json:"items" nullable:"false"`
}

type MemberPath struct {
	DocumentPath
	User string `path:"user" doc:"The person's id"`
}

type changeMemberIn struct {
	MemberPath
	Body struct {
		Role string `json:"role" enum:"viewer,commenter,editor,owner"`
	}
}

func (a *API) registerMembers() {
	add(a, route{id: "list-members", method: http.MethodGet, path: "/documents/{id}/members", tag: "Sharing",
		summary: "Who has a role", about: "E-mails are shown to whose they are, to administrators, and to whoever invited that very address."}, a.members)
	add(a, route{id: "change-member", method: http.MethodPatch, path: "/documents/{id}/members/{user}", tag: "Sharing",
		summary: "Change somebody's role", about: "It counts on open sockets within a second."}, a.changeMember)
	add(a, route{id: "set-member", method: http.MethodPut, path: "/documents/{id}/members/{user}", tag: "Sharing",
		summary: "Give somebody a role, or change the one they have",
		about: "For accounts that you know: who is in a group of yours, has asked for access, or is in list-document-candidates. " +
			"Of all others the answer is that there is nobody. Who had no role gets at most editor."},
		a.setMember)
	add(a, route{id: "remove-member", method: http.MethodDelete, path: "/documents/{id}/members/{user}", tag: "Sharing",
		status: http.StatusNoContent, summary: "Take somebody's role away, or leave"}, a.removeMember)
}

func (a *API) members(ctx context.Context, req *request, in *DocumentPath) (*bodyOf[Members], error) {
	items, err := ofDocument(ctx, a, req, in, access.Read, a.store.Grants, grantedTo,
		func(s seen, g storage.Grant, u storage.User) (Member, error) {
			g, err := counting(g, u)
			return a.member(req, s, g, u), err
		})
	return &bodyOf[Members]{Members{items}}, err
}

func grantedTo(g storage.Grant) storage.UserID { return g.User }

// counting returns errLeftOut for a grant of an application's person: such old grants are still stored but have no effect.
func counting(g storage.Grant, u storage.User) (storage.Grant, error) {
	if u.OfApplication() {
		return g, errLeftOut
	}
	return g, nil
}

// memberGrants returns a document's grants that have an effect, oldest first.
func (a *API) memberGrants(ctx context.Context, doc storage.DocumentID) ([]storage.Grant, error) {
	grants, err := a.store.Grants(ctx, doc)
	if err != nil {
		return nil, err
	}
	return listed(ctx, a, grants, grantedTo, counting)
}

func (a *API) member(req *request, s seen, g storage.Grant, u storage.User) Member {
	m := Member{User: memberUser(req, u), Role: g.Role, CreatedAt: Time(g.CreatedAt)}
	m.Via, m.Link = sharing.WayOf(g.Via)
	if !access.Allows(s.role, access.Share) {
		m.Link = ""
	} else if sharing.Typed(g.Via, req.who.User, u.Email) {
		m.User.Email = u.Email
	}
	return m
}

// memberUser returns a person with their e-mail if the caller may see it.
func memberUser(req *request, u storage.User) MemberUser {
	return MemberUser{Person: personOf(u), Email: emailFor(req, u)}
}

func (a *API) changeMember(ctx context.Context, req *request, in *changeMemberIn) (*bodyOf[Member], error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	before, err := a.store.Grant(ctx, s.ID, storage.UserID(in.User))
	if err != nil { // this route gives no role to somebody without one
		return nil, err
	}
	return a.setRole(ctx, req, s, before, in.Body.Role)
}

// setRole changes the role of the person who has the grant before.
func (a *API) setRole(ctx context.Context, req *request, s seen, before storage.Grant, role string) (*bodyOf[Member], error) {
	u, err := a.store.User(ctx, before.User)
	if err != nil {
		return nil, err
	}
	if u.OfApplication() {
		return nil, ofApplication("path.user")
	}
	if u.Guest && role == storage.RoleOwner {
		return nil, guestsOwnNothing("body.role")
	}
	g, err := a.sharing.SetRole(ctx, a.by(req), s.ID, u.ID, role, before.Role)
	if err != nil {
		return nil, err
	}
	return &bodyOf[Member]{a.member(req, s, g, u)}, nil
}

func guestsOwnNothing(field string) *problem.Problem {
	return problem.Invalid("A guest can't be an owner: their sign-in ends after 30 days unused.").In(field, "needs an account")
}

func (a *API) removeMember(ctx context.Context, req *request, in *MemberPath) (*none, error) {
	user := storage.UserID(in.User)
	action := access.Share
	if user == req.who.User {
		action = access.Leave
	}
	s, err := a.see(ctx, req, in.ID, action)
	if err != nil {
		return nil, err
	}
	if action == access.Leave {
		if err := a.mayLeave(ctx, s, user); err != nil {
			return nil, err
		}
	}
	return nil, a.sharing.Remove(ctx, a.by(req), s.ID, user)
}

// mayLeave returns a problem if giving up their own grant would not end user's access. It names what else
// gives them access.
func (a *API) mayLeave(ctx context.Context, s seen, user storage.UserID) error {
	ways, err := a.store.HeldRoles(ctx, s.ID, user)
	if err != nil {
		return err
	}
	own, group := false, ""
	for _, way := range ways {
		switch way.Via {
		case storage.ViaGroup:
			group = way.Group
		case storage.ViaReach:
		default:
			own = true
		}
	}
	switch {
	case group != "":
		g, err := a.store.Group(ctx, group)
		if err != nil {
			return err
		}
		return problem.Conflict("You are here through the group “" + g.Name + "”. Leave that group, or ask an owner of the " +
			"document to take its role away.")
	case !own && len(ways) > 0:
		return problem.Conflict("Everybody with an account here can open this document, so there is nothing of yours to give up.")
	case !own:
		return problem.Conflict("An application gave you access; it is not yours to give up here.")
	}
	return nil
}
