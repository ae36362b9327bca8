package api

import "net/http"

// Reach is the role that everybody with an account here has on a document whose address they know.
type Reach struct {
	Role string `json:"role" enum:"none,viewer,commenter,editor"`
}

type reachIn struct {
	DocumentPath
	Body Reach
}

func (a *API) registerReach() {
	add(a, route{id: "get-reach", method: http.MethodGet, path: "/documents/{id}/reach", tag: "Sharing",
		summary: "What everybody with an account here may do"}, soon[DocumentPath, bodyOf[Reach]])
	add(a, route{id: "set-reach", method: http.MethodPut, path: "/documents/{id}/reach", tag: "Sharing",
		summary: "Open a document to everybody with an account here, or close it",
		about:   "They need its address: it is listed only for those who were given a role by name, group or link."},
		soon[reachIn, bodyOf[Reach]])
}
