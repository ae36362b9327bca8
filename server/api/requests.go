package api

import "net/http"

// AccessRequest is somebody's wish for a role.
type AccessRequest struct {
	User      MemberUser `json:"user"`
	Role      string     `json:"role" enum:"viewer,commenter,editor"`
	Message   string     `json:"message"`
	CreatedAt Time       `json:"created_at"`
}

// AccessRequests lists a document's, oldest first.
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
		about: "Accounts only. The answer is the same whether there is such a document."}, soon[requestAccessIn, none])
	add(a, route{id: "list-requests", method: http.MethodGet, path: "/documents/{id}/requests", tag: "Sharing",
		summary: "Who asks for a role"}, soon[DocumentPath, bodyOf[AccessRequests]])
	add(a, route{id: "grant-request", method: http.MethodPost, path: "/documents/{id}/requests/{user}/grant", tag: "Sharing",
		summary: "Give somebody who asked a role", about: "A higher role they have is kept."}, soon[grantRequestIn, bodyOf[Member]])
	add(a, route{id: "decline-request", method: http.MethodDelete, path: "/documents/{id}/requests/{user}", tag: "Sharing",
		status: http.StatusNoContent, summary: "Decline somebody's request"}, soon[MemberPath, none])
}
