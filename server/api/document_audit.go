package api

import (
	"context"
	"errors"
	"net/http"

	"quire/collab/access"
	"quire/server/audit"
	"quire/storage"
)

// AuditEntry says who changed whose access, when and from where.
type AuditEntry struct {
	ID       int64            `json:"id"`
	At       Time             `json:"at"`
	Actor    Nullable[Person] `json:"actor" doc:"Null: the command line, or nobody signed in"`
	Action   string           `json:"action" example:"grant.set"`
	Document string           `json:"document,omitempty" doc:"The document's id"`
	Title    string           `json:"title,omitempty" doc:"The document's, as it is now"`
	Subject  string           `json:"subject,omitempty" doc:"Whom or what it was about: the id of a user, group or link, or an e-mail; most of it is hidden from who did not type it"`
	Person   Nullable[Person] `json:"person" doc:"The subject, if it is a person"`
	Group    string           `json:"group,omitempty" doc:"The subject's name as it is now, if it is a group"`
	Detail   map[string]any   `json:"detail,omitempty"`
	Address  string           `json:"address,omitempty" doc:"Where the request came from: of one's own acts, and for administrators"`
}

// AuditPage is a page of entries, newest first.
type AuditPage struct {
	Items      []AuditEntry     `json:"items" nullable:"false"`
	NextCursor Nullable[string] `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
	NextBefore Nullable[int64]  `json:"next_before" doc:"The same as an id, for before"`
}

type documentAuditIn struct {
	DocumentPath
	Action string `query:"action" maxLength:"60" doc:"Only this one; with a trailing dot all that begin so"`
	Before int64  `query:"before" minimum:"0" doc:"Only entries with a lower id"`
	Cursor string `query:"cursor" maxLength:"20" doc:"next_cursor of the page before, instead of before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (a *API) registerDocumentAudit() {
	add(a, route{id: "get-document-audit", method: http.MethodGet, path: "/documents/{id}/audit", tag: "Sharing",
		summary: "Who changed whose access to a document", about: "For its owners. Also who put it into the trash, and took it out."}, a.documentAudit)
}

func (a *API) documentAudit(ctx context.Context, req *request, in *documentAuditIn) (*bodyOf[AuditPage], error) {
	s, err := a.see(ctx, req, in.ID, access.Audit)
	if err != nil {
		return nil, err
	}
	before, err := fromCursor(in.Cursor, in.Before)
	if err != nil {
		return nil, err
	}
	return a.auditPage(ctx, req, storage.AuditQuery{Document: s.ID, Action: in.Action, Before: before, Limit: in.Limit})
}

// auditPage reads a page of the audit log, with the people in it.
func (a *API) auditPage(ctx context.Context, req *request, q storage.AuditQuery) (*bodyOf[AuditPage], error) {
	limit := q.Limit
	q.Limit++ // one more shows whether there is a next page
	entries, err := a.store.Audit(ctx, q)
	if err != nil {
		return nil, err
	}
	page := AuditPage{Items: make([]AuditEntry, 0, limit)}
	if len(entries) > limit {
		entries = entries[:limit]
		page.NextBefore = some(entries[limit-1].ID)
		page.NextCursor = numberCursor(entries[limit-1].ID)
	}
	var ids []storage.UserID
	for _, e := range entries {
		ids = append(ids, e.Actor, storage.UserID(e.Subject))
	}
	people, err := a.people(ctx, ids)
	if err != nil {
		return nil, err
	}
	names := names{}
	for _, e := range entries {
		shown := auditEntry(e, people)
		if !req.who.Admin {
			hideAddresses(e, &shown, req.who.User)
		}
		if shown.Title, err = names.title(ctx, a.store, e.Document); err != nil {
			return nil, err
		}
		if groupActions[e.Action] {
			if shown.Group, err = names.group(ctx, a.store, e.Subject); err != nil {
				return nil, err
			}
		}
		page.Items = append(page.Items, shown)
	}
	return &bodyOf[AuditPage]{page}, nil
}

// groupActions are the actions whose subject may be a group. group.withdraw also ends an offer to a person, who is the subject then.
var groupActions = map[string]bool{"group.grant": true, "group.withdraw": true}

// names caches the names of documents and groups on a page of entries; "" if one is gone.
type names map[string]string

func (n names) title(ctx context.Context, store storage.Store, doc storage.DocumentID) (string, error) {
	return n.of("document "+string(doc), string(doc), func() (string, error) {
		d, err := store.Document(ctx, doc)
		return d.Title, err
	})
}

func (n names) group(ctx context.Context, store storage.Store, id string) (string, error) {
	return n.of("group "+id, id, func() (string, error) {
		g, err := store.Group(ctx, id)
		return g.Name, err
	})
}

func (n names) of(key, id string, read func() (string, error)) (string, error) {
	if name, known := n[key]; known || id == "" {
		return name, nil
	}
	name, err := read()
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDeleted) {
		name, err = "", nil
	}
	n[key] = name
	return name, err
}

func auditEntry(e storage.AuditEntry, people map[storage.UserID]storage.User) AuditEntry {
	shown := AuditEntry{
		ID: e.ID, At: Time(e.At), Action: e.Action, Document: string(e.Document), Subject: e.Subject, Address: e.Address,
	}
	if e.Actor != "" {
		shown.Actor = some(personOf(people[e.Actor]))
	}
	if u, ok := people[storage.UserID(e.Subject)]; ok && !u.CreatedAt.IsZero() { // not every subject is a person
		shown.Person = some(personOf(u))
	}
	shown.Detail = audit.Read(e.Detail)
	return shown
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
