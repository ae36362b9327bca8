package api

import "net/http"

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

// DocumentGroups lists a document's, oldest first.
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
		summary: "The groups with a role"}, soon[DocumentPath, bodyOf[DocumentGroups]])
	add(a, route{id: "get-document-group", method: http.MethodGet, path: "/documents/{id}/groups/{group}", tag: "Sharing",
		summary: "A group's role"}, soon[DocumentGroupPath, bodyOf[DocumentGroup]])
	add(a, route{id: "set-document-group", method: http.MethodPut, path: "/documents/{id}/groups/{group}", tag: "Sharing",
		summary: "Give everybody in a group a role, or change it", about: "One has to be in the group, or an administrator."},
		soon[setDocumentGroupIn, bodyOf[DocumentGroup]])
	add(a, route{id: "remove-document-group", method: http.MethodDelete, path: "/documents/{id}/groups/{group}", tag: "Sharing",
		status: http.StatusNoContent, summary: "Take a group's role away"}, soon[DocumentGroupPath, none])
}
