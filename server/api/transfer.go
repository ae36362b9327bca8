package api

import "net/http"

// Transferred is what a transfer left its former owner.
type Transferred struct {
	Role string `json:"role" enum:"none,viewer,commenter,editor,owner" doc:"Yours now"`
}

type transferIn struct {
	DocumentPath
	Body struct {
		User string `json:"user" doc:"The new owner: a member with an account"`
		Then string `json:"then" enum:"none,viewer,commenter,editor" doc:"Your own role afterwards"`
	}
}

func (a *API) registerTransfer() {
	add(a, route{id: "transfer-document", method: http.MethodPost, path: "/documents/{id}/transfer", tag: "Sharing",
		summary: "Hand a document over to another owner",
		about:   "Its space counts for them from then on. With none you leave it, unless a group or the reach lets you in."},
		soon[transferIn, bodyOf[Transferred]])
}
