package api

import "net/http"

// AuditEntry says who changed whose access, when and from where.
type AuditEntry struct {
	ID       int64            `json:"id"`
	At       Time             `json:"at"`
	Actor    Nullable[Person] `json:"actor" doc:"Null: the command line, or nobody signed in"`
	Action   string           `json:"action" example:"grant.set"`
	Document string           `json:"document,omitempty" doc:"The document's id"`
	Subject  string           `json:"subject,omitempty" doc:"Whom or what it was about: the id of a user, group or link, or an e-mail"`
	Person   Nullable[Person] `json:"person" doc:"The subject, if it is a person"`
	Detail   map[string]any   `json:"detail,omitempty"`
	Address  string           `json:"address,omitempty" doc:"Where the request came from"`
}

// AuditPage is a page of entries, newest first.
type AuditPage struct {
	Items      []AuditEntry    `json:"items" nullable:"false"`
	NextBefore Nullable[int64] `json:"next_before" doc:"Pass it as before for the next page; null at the end"`
}

type documentAuditIn struct {
	DocumentPath
	Action string `query:"action" maxLength:"60" doc:"Only this one; with a trailing dot all that begin so"`
	Before int64  `query:"before" minimum:"0" doc:"Only entries with a lower id"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (a *API) registerDocumentAudit() {
	add(a, route{id: "get-document-audit", method: http.MethodGet, path: "/documents/{id}/audit", tag: "Sharing",
		summary: "Who changed whose access to a document", about: "For its owners."}, soon[documentAuditIn, bodyOf[AuditPage]])
}

// registerSharing adds how documents are shared.
func (a *API) registerSharing() {
	a.registerMembers()
	a.registerLinks()
	a.registerInvitations()
	a.registerDocumentGroups()
	a.registerReach()
	a.registerTransfer()
	a.registerRequests()
	a.registerDocumentAudit()
	a.registerGroups()
}
