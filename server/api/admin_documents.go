package api

import "net/http"

// DocumentListed is a document as an administrator sees it: never its content, nor its first words.
type DocumentListed struct {
	ID          string         `json:"id"`
	Title       string         `json:"title"`
	Owner       Person         `json:"owner" doc:"Who made it, or to whom it was given"`
	Revision    int64          `json:"revision"`
	Bytes       int64          `json:"bytes" doc:"Of its log"`
	MemberCount int            `json:"member_count"`
	CreatedAt   Time           `json:"created_at"`
	UpdatedAt   Time           `json:"updated_at" doc:"Of the last op"`
	TrashedAt   Nullable[Time] `json:"trashed_at"`
}

// AllDocuments is a page of them, newest change first.
type AllDocuments struct {
	Items      []DocumentListed `json:"items" nullable:"false"`
	NextCursor Nullable[string] `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
}

type listAllIn struct {
	Query  string `query:"q" maxLength:"400" doc:"Only titles that contain this, whatever the case"`
	Owner  string `query:"owner" maxLength:"64" doc:"Only documents of this person"`
	Trash  bool   `query:"trash" doc:"Those in the trash instead"`
	Cursor string `query:"cursor" maxLength:"200"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type adminTransferIn struct {
	DocumentPath
	Body struct {
		To string `json:"to" maxLength:"64" doc:"The id of the person, who has an account"`
	}
}

func (a *API) registerAdminDocuments() {
	add(a, route{id: "admin-list-documents", method: http.MethodGet, path: "/admin/documents", tag: "Administration", admin: true,
		summary: "All documents, without their content"}, soon[listAllIn, bodyOf[AllDocuments]])
	add(a, route{id: "admin-transfer-document", method: http.MethodPost, path: "/admin/documents/{id}/transfer", tag: "Administration",
		admin: true, status: http.StatusNoContent, summary: "Make somebody the owner of a document",
		about: "Who owned it becomes an editor."}, soon[adminTransferIn, none])
}
