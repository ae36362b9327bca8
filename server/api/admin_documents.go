package api

import (
	"context"
	"net/http"

	"quire/server/problem"
	"quire/storage"
)

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
		summary: "All documents, without their content"}, a.adminDocuments)
	add(a, route{id: "admin-transfer-document", method: http.MethodPost, path: "/admin/documents/{id}/transfer", tag: "Administration",
		admin: true, status: http.StatusNoContent, summary: "Make somebody the owner of a document",
		about: "Who owned it becomes an editor, unless it was an application."}, a.adminTransfer)
}

func (a *API) adminDocuments(ctx context.Context, _ *request, in *listAllIn) (*bodyOf[AllDocuments], error) {
	after, err := parseCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	q := storage.DocumentQuery{
		User: storage.UserID(in.Owner), Scope: storage.ScopeAll, Title: in.Query, After: after, Limit: in.Limit + 1,
	}
	if in.Trash {
		q.Scope = storage.ScopeTrash
	}
	rows, err := a.store.ListAll(ctx, q)
	if err != nil {
		return nil, err
	}
	page := AllDocuments{Items: []DocumentListed{}}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		last := rows[in.Limit-1]
		page.NextCursor = some(formatCursor(storage.Cursor{UpdatedAt: last.Head.UpdatedAt, ID: last.Document.ID}))
	}
	var owners []storage.UserID
	for _, r := range rows {
		owners = append(owners, r.Document.Owner)
	}
	people, err := a.people(ctx, owners)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		page.Items = append(page.Items, documentListed(r, ownerOf(r.Document, people)))
	}
	return &bodyOf[AllDocuments]{page}, nil
}

func documentListed(r storage.DocumentListed, owner Person) DocumentListed {
	d := DocumentListed{
		ID: string(r.Document.ID), Title: r.Document.Title, Owner: owner, Revision: int64(r.Head.Revision),
		Bytes: r.Head.Bytes, MemberCount: r.MemberCount, CreatedAt: Time(r.Document.CreatedAt), UpdatedAt: Time(r.Head.UpdatedAt),
	}
	if r.Document.Trashed() {
		d.TrashedAt = some(Time(r.Document.TrashedAt))
	}
	return d
}

func (a *API) adminTransfer(ctx context.Context, req *request, in *adminTransferIn) (*none, error) {
	doc := storage.DocumentID(in.ID)
	to, err := a.person(ctx, in.Body.To)
	if err != nil {
		return nil, err
	}
	if to.Email == "" || to.Guest {
		return nil, problem.Invalid("Only somebody with an account can own a document.").In("body.to", "has no account")
	}
	from, err := a.anOwner(ctx, doc, to.ID)
	if err != nil {
		return nil, err
	}
	then := "editor"
	if from == "" {
		then = ""
	}
	return nil, a.sharing.Reassign(ctx, a.by(req), doc, from, to.ID, then)
}

// anOwner returns an owner of a document other than to: the person named as its owner or, if they no longer own it, another; "" if an
// application owns it.
func (a *API) anOwner(ctx context.Context, doc storage.DocumentID, to storage.UserID) (storage.UserID, error) {
	d, err := a.store.Document(ctx, doc)
	if err != nil || d.Application != "" {
		return "", err
	}
	grants, err := a.store.Grants(ctx, doc)
	if err != nil {
		return "", err
	}
	owner := storage.UserID("")
	for _, g := range grants {
		if g.Role == storage.RoleOwner && g.User != to && (owner == "" || g.User == d.Owner) {
			owner = g.User
		}
	}
	if owner == "" {
		return "", problem.Conflict("They own this document already, and nobody else does.")
	}
	return owner, nil
}
