package api

import (
	"context"
	"net/http"

	"quire/collab/access"
	"quire/storage"
)

// DocumentGroup is a group with a role on a document.
type DocumentGroup struct {
	Group     GroupName `json:"group"`
	Role      string    `json:"role" enum:"viewer,commenter,editor"`
	CreatedAt Time      `json:"created_at"`
}

// GroupName is a group as a document's readers see it.
type GroupName struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Members int    `json:"members"`
}

// DocumentGroups is the groups with a role on a document, oldest first.
type DocumentGroups struct {
	Items []DocumentGroup `json:"items" nullable:"false"`
}

type DocumentGroupPath struct {
	DocumentPath
	Group string `path:"group"`
}

type setDocumentGroupIn struct {
	DocumentGroupPath
	Body struct {
		Role string `json:"role" enum:"viewer,commenter,editor"`
	}
}

func (a *API) registerDocumentGroups() {
	add(a, route{id: "list-document-groups", method: http.MethodGet, path: "/documents/{id}/groups", tag: "Sharing",
		summary: "The groups with a role"}, a.documentGroups)
	add(a, route{id: "get-document-group", method: http.MethodGet, path: "/documents/{id}/groups/{group}", tag: "Sharing",
		summary: "A group's role"}, a.documentGroup)
	add(a, route{id: "set-document-group", method: http.MethodPut, path: "/documents/{id}/groups/{group}", tag: "Sharing",
		summary: "Give everybody in a group a role, or change it", about: "One has to be in the group, or an administrator."},
		a.setDocumentGroup)
	add(a, route{id: "remove-document-group", method: http.MethodDelete, path: "/documents/{id}/groups/{group}", tag: "Sharing",
		status: http.StatusNoContent, summary: "Take a group's role away"}, a.removeDocumentGroup)
}

func (a *API) documentGroups(ctx context.Context, req *request, in *DocumentPath) (*bodyOf[DocumentGroups], error) {
	items, err := ofDocument(ctx, a, req, in, access.Read, a.store.GroupGrants, nil,
		func(_ seen, g storage.GroupGrant, _ storage.User) (DocumentGroup, error) {
			return a.documentGroupOf(ctx, g)
		})
	return &bodyOf[DocumentGroups]{DocumentGroups{items}}, err
}

func (a *API) showDocumentGroup(ctx context.Context, g storage.GroupGrant) (*bodyOf[DocumentGroup], error) {
	shown, err := a.documentGroupOf(ctx, g)
	return &bodyOf[DocumentGroup]{shown}, err
}

func (a *API) documentGroupOf(ctx context.Context, g storage.GroupGrant) (DocumentGroup, error) {
	group, err := a.store.Group(ctx, g.Group)
	if err != nil {
		return DocumentGroup{}, err
	}
	members, err := a.store.GroupMembers(ctx, g.Group)
	return DocumentGroup{
		Group: GroupName{ID: group.ID, Name: group.Name, Members: len(members)}, Role: g.Role, CreatedAt: Time(g.CreatedAt),
	}, err
}

// groupGrant returns a group's grant on a document; ErrNotFound if there is none.
func (a *API) groupGrant(ctx context.Context, doc storage.DocumentID, group string) (storage.GroupGrant, error) {
	list, err := a.store.GroupGrants(ctx, doc)
	for _, g := range list {
		if g.Group == group {
			return g, err
		}
	}
	if err == nil {
		err = storage.ErrNotFound
	}
	return storage.GroupGrant{}, err
}

func (a *API) documentGroup(ctx context.Context, req *request, in *DocumentGroupPath) (*bodyOf[DocumentGroup], error) {
	s, err := a.see(ctx, req, in.ID, access.Read)
	if err != nil {
		return nil, err
	}
	g, err := a.groupGrant(ctx, s.ID, in.Group)
	if err != nil {
		return nil, err
	}
	return a.showDocumentGroup(ctx, g)
}

func (a *API) setDocumentGroup(ctx context.Context, req *request, in *setDocumentGroupIn) (*bodyOf[DocumentGroup], error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	list, err := a.store.GroupGrants(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	was := ""
	for _, g := range list {
		if g.Group == in.Group {
			was = g.Role
		}
	}
	if was == "" { // only the caller's own groups can be added: otherwise an id would reveal the group's name
		if _, err := a.seeGroup(ctx, req, in.Group); err != nil {
			return nil, err
		}
	}
	g := storage.GroupGrant{Document: s.ID, Group: in.Group, Role: in.Body.Role, CreatedAt: a.now()}
	if g, err = a.sharing.SetGroup(ctx, a.by(req), g, was); err != nil {
		return nil, full(err, "A document has at most 100 groups.")
	}
	return a.showDocumentGroup(ctx, g)
}

func (a *API) removeDocumentGroup(ctx context.Context, req *request, in *DocumentGroupPath) (*none, error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	return nil, a.sharing.RemoveGroup(ctx, a.by(req), s.ID, in.Group)
}
