package api

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/wire"
	"quire/server/problem"
	"quire/storage"
)

// DocumentPage is a page of a list.
type DocumentPage struct {
	Items      []Document       `json:"items" nullable:"false"`
	NextCursor Nullable[string] `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
}

type DocumentPath struct {
	ID string `path:"id" doc:"The document's id" example:"3q2-7wXhQ5mVb0aYt9KfLw"`
}

type listIn struct {
	Scope  string `query:"scope" enum:"all,mine,shared,trash" default:"all"`
	Title  string `query:"title" maxLength:"400" doc:"Only titles that contain this, whatever the case"`
	Cursor string `query:"cursor" maxLength:"200"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type renameIn struct {
	DocumentPath
	Body struct {
		Title string `json:"title" maxLength:"1000" doc:"At most 500 characters"`
	}
}

type deleteIn struct {
	DocumentPath
	Permanently bool `query:"permanently" doc:"For good, instead of to the trash"`
}

// documentOut is a document with its revision as ETag.
type documentOut struct {
	ETag string `header:"ETag"`
	Body Document
}

func (a *API) registerDocuments() {
	a.registerCreate()
	add(a, route{id: "list-documents", method: http.MethodGet, path: "/documents", tag: "Documents",
		summary: "My documents", about: "Newest change first. scope=trash holds those I own in the trash. With an application's " +
			"token: what its documents claim covers."}, a.list)
	add(a, route{id: "get-document", method: http.MethodGet, path: "/documents/{id}", tag: "Documents",
		summary: "One document, without its content"}, a.get)
	add(a, route{id: "rename-document", method: http.MethodPatch, path: "/documents/{id}", tag: "Documents",
		summary: "Change the title"}, a.rename)
	add(a, route{id: "delete-document", method: http.MethodDelete, path: "/documents/{id}", tag: "Documents",
		status: http.StatusNoContent, summary: "To the trash, or for good",
		about: "For good removes text, history and members; the id is never used again."}, a.delete)
	add(a, route{id: "restore-document", method: http.MethodPost, path: "/documents/{id}/restore", tag: "Documents",
		summary: "Out of the trash"}, a.restore)
}

func (a *API) list(ctx context.Context, req *request, in *listIn) (*bodyOf[DocumentPage], error) {
	after, err := parseCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	q := storage.DocumentQuery{
		User: req.who.User, Scope: storage.Scope(in.Scope), Title: in.Title, After: after, Limit: in.Limit + 1,
	}
	list := a.store.ListDocuments
	if req.who.Claims != nil {
		list, q = a.listClaimed(req.who.Claims), within(q, req.who.Claims)
	}
	rows, err := reached(ctx, req.who, q, list)
	if err != nil {
		return nil, err
	}
	page := DocumentPage{}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		page.NextCursor = some(formatCursor(rows[in.Limit-1].Cursor()))
	}
	if page.Items, err = a.describe(ctx, rows); err != nil {
		return nil, err
	}
	return &bodyOf[DocumentPage]{page}, nil
}

// reached returns the first q.Limit documents of a list that who's token reaches, if it is one for some documents only.
func reached(ctx context.Context, who collab.Identity, q storage.DocumentQuery,
	list func(context.Context, storage.DocumentQuery) ([]storage.Listed, error),
) (found []storage.Listed, err error) {
	for {
		rows, err := list(ctx, q)
		if err != nil || who.Documents == nil {
			return rows, err
		}
		for _, r := range rows {
			if len(found) < q.Limit && who.Reaches(r.Document.ID) {
				found = append(found, r)
			}
		}
		if len(found) == q.Limit || len(rows) < q.Limit {
			return found, nil
		}
		q.After = rows[len(rows)-1].Cursor()
	}
}

func (a *API) get(ctx context.Context, req *request, in *DocumentPath) (*documentOut, error) {
	s, err := a.see(ctx, req, in.ID, access.Read)
	if err != nil {
		return nil, err
	}
	return a.answer(ctx, s)
}

func (a *API) answer(ctx context.Context, s seen) (*documentOut, error) {
	d, err := a.show(ctx, s)
	if err != nil {
		return nil, err
	}
	return &documentOut{ETag: documentETag(d), Body: d}, nil
}

func (a *API) rename(ctx context.Context, req *request, in *renameIn) (*documentOut, error) {
	s, err := a.see(ctx, req, in.ID, access.Rename)
	if err != nil {
		return nil, err
	}
	title, err := checkTitle(in.Body.Title)
	if err != nil {
		return nil, err
	}
	if title != s.Title {
		if err := a.store.SetTitle(ctx, s.ID, title); err != nil {
			return nil, err
		}
		s.Title = title
	}
	return a.answer(ctx, s)
}

func (a *API) delete(ctx context.Context, req *request, in *deleteIn) (*none, error) {
	action := access.Trash
	if in.Permanently {
		action = access.Delete
	}
	s, err := a.see(ctx, req, in.ID, action)
	if err != nil {
		return nil, err
	}
	if in.Permanently {
		err := a.audited(ctx, req, storage.AuditEntry{Action: "document.delete", Document: s.ID}, func() error {
			return a.store.DeleteDocument(ctx, s.ID, a.now())
		})
		if err != nil {
			return nil, err
		}
		a.log.Info("document deleted for good", "doc", s.ID, "user", req.who.User)
		return nil, nil
	}
	if s.Trashed() {
		return nil, nil
	}
	return nil, a.audited(ctx, req, storage.AuditEntry{Action: "document.trash", Document: s.ID}, func() error {
		return a.store.TrashDocument(ctx, s.ID, req.who.User, a.now())
	})
}

func (a *API) restore(ctx context.Context, req *request, in *DocumentPath) (*documentOut, error) {
	s, err := a.see(ctx, req, in.ID, access.Trash)
	if err != nil {
		return nil, err
	}
	if s.Trashed() {
		err := a.audited(ctx, req, storage.AuditEntry{Action: "document.restore", Document: s.ID}, func() error {
			return a.store.RestoreDocument(ctx, s.ID)
		})
		if err != nil {
			return nil, err
		}
		s.TrashedAt, s.TrashedBy = time.Time{}, ""
	}
	return a.answer(ctx, s)
}

// etag returns a revision as in ETag and If-Match.
func etag(r storage.Revision) string { return `"r` + strconv.FormatInt(int64(r), 10) + `"` }

// documentETag returns the ETag of a document, which covers its title too. If-Match for its content takes it as its revision.
func documentETag(d Document) string {
	return `"r` + strconv.FormatInt(d.Revision, 10) + "." + hex.EncodeToString(digest([]byte(d.Title))[:4]) + `"`
}

// formatCursor encodes a place in a list; clients must treat it as opaque.
func formatCursor(c storage.Cursor) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(storage.ToUnix(c.UpdatedAt), 10) + ":" + string(c.ID)))
}

func parseCursor(text string) (storage.Cursor, error) {
	if text == "" {
		return storage.Cursor{}, nil
	}
	plain, err := base64.RawURLEncoding.DecodeString(text)
	ms, id, ok := strings.Cut(string(plain), ":")
	at, parseErr := strconv.ParseInt(ms, 10, 64)
	if err != nil || !ok || parseErr != nil || !wire.ValidID(id) {
		return storage.Cursor{}, problem.Invalid("The cursor is not one that this server gave.").
			In("query.cursor", "is not a cursor of this server")
	}
	return storage.Cursor{UpdatedAt: storage.FromUnix(at), ID: storage.DocumentID(id)}, nil
}
