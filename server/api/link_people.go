package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"quire/collab/access"
	"quire/server/audit"
	"quire/server/auth"
	"quire/server/problem"
	"quire/server/sharing"
	"quire/storage"
)

// undoTime is for how long a withdrawn link can be brought back.
const undoTime = 24 * time.Hour

func (a *API) registerRestoreLink() {
	add(a, route{id: "restore-link", method: http.MethodPost, path: "/documents/{id}/links/{link}/restore", tag: "Sharing",
		summary: "Bring a withdrawn share link back",
		about: "For a day. Its address opens the document again, and who was removed with it has their role again, unless " +
			"they were given another since."}, a.restoreLink)
}

// removeLinkPeople takes the role of everybody whom the link brought away, but for owners.
func (a *API) removeLinkPeople(ctx context.Context, req *request, doc storage.DocumentID, link string) error {
	grants, err := a.store.Grants(ctx, doc)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if word, id := sharing.WayOf(g.Via); word != sharing.ViaLink || id != link || g.Role == storage.RoleOwner {
			continue
		}
		err := a.audited(ctx, req, storage.AuditEntry{
			Action: "grant.remove", Document: doc, Subject: string(g.User),
			Detail: audit.Detail("was", g.Role, "via", sharing.ViaLink, "through", link),
		}, func() error { return a.store.RemoveGrant(ctx, doc, g.User) })
		if errors.Is(err, storage.ErrNotFound) { // gone in this instant
			continue
		}
		if err != nil {
			return err
		}
		a.hub.GrantChanged(doc, g.User, req.who)
	}
	return nil
}

// withdrawal is what the audit log kept of a link's latest withdrawal, and whom it removed.
type withdrawal struct {
	link   storage.Link
	people []storage.Grant
}

// withdrawalOf reads it, without those of whom the log tells something newer: what was decided about them since stands. That the log tells of this link on this document is what lets its owners have it again: an id
// alone proves nothing.
func (a *API) withdrawalOf(ctx context.Context, doc storage.DocumentID, link string) (withdrawal, error) {
	w := withdrawal{}
	since := map[string]bool{} // of whom something newer is told
	query := storage.AuditQuery{Document: doc, Limit: 200}
	for {
		entries, err := a.store.Audit(ctx, query)
		if err != nil {
			return w, err
		}
		for _, e := range entries {
			query.Before = e.ID
			if a.ended(e.At.Add(undoTime)) {
				return w, problem.NotFound().Because("This link can't be brought back any more. Make a new one.")
			}
			switch detail := detailOf(e); {
			case e.Action == "grant.remove" && detail["through"] == link:
				if since[e.Subject] {
					continue
				}
				role, _ := detail["was"].(string)
				w.people = append(w.people, storage.Grant{Document: doc, User: storage.UserID(e.Subject), Role: role, Via: sharing.ViaLink + ":" + link})
			case e.Action == "link.withdraw" && e.Subject == link:
				w.link, err = linkFrom(doc, link, detail)
				return w, err
			default:
				since[e.Subject] = true
			}
		}
		if len(entries) < query.Limit {
			return w, problem.NotFound().Because("This document had no such link.")
		}
	}
}

func (a *API) restoreLink(ctx context.Context, req *request, in *LinkPath) (*bodyOf[Link], error) {
	s, err := a.see(ctx, req, in.ID, access.Share)
	if err != nil {
		return nil, err
	}
	list, err := a.store.Links(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(list, func(l storage.Link) bool { return l.ID == in.Link }) {
		return nil, notWithdrawn()
	}
	if len(list) >= maxLinks {
		return nil, tooManyLinks()
	}
	w, err := a.withdrawalOf(ctx, s.ID, in.Link)
	if err != nil {
		return nil, err
	}
	w.link.TokenHash = auth.HashLink(a.auth.LinkToken(in.Link))
	err = a.audited(ctx, req, storage.AuditEntry{
		Action: "link.restore", Document: s.ID, Subject: in.Link, Detail: audit.Detail("role", w.link.Role),
	}, func() error {
		err := a.store.CreateLink(ctx, w.link)
		if errors.Is(err, storage.ErrExists) {
			return notWithdrawn().Caused(err)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, g := range w.people {
		if err := a.letBackIn(ctx, req, g, in.Link); err != nil {
			return nil, err
		}
	}
	a.hub.MembersChanged(s.ID)
	return a.oneLink(ctx, req, w.link)
}

func notWithdrawn() *problem.Problem { return problem.Conflict("This link is not withdrawn.") }

// letBackIn gives g to somebody who has no role, and may have deleted their account.
func (a *API) letBackIn(ctx context.Context, req *request, g storage.Grant, link string) error {
	_, err := a.store.Grant(ctx, g.Document, g.User)
	if err == nil {
		return nil
	}
	if errors.Is(err, storage.ErrNotFound) {
		_, err = a.sharing.AtLeast(ctx, a.by(req), g, link)
	}
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	return err
}

// withdrawn is what the audit log has to keep for a link to come back.
func withdrawn(l storage.Link, people bool) string {
	return audit.Detail("role", l.Role, "expires_at", timeOrNil(l.ExpiresAt), "created_by", l.CreatedBy,
		"created_at", Time(l.CreatedAt), "people", people)
}

// linkFrom is the link that withdrawn wrote down.
func linkFrom(doc storage.DocumentID, id string, detail map[string]any) (storage.Link, error) {
	l := storage.Link{ID: id, Document: doc}
	l.Role, _ = detail["role"].(string)
	by, _ := detail["created_by"].(string)
	l.CreatedBy = storage.UserID(by)
	l.CreatedAt, l.ExpiresAt = timeFrom(detail["created_at"]), timeFrom(detail["expires_at"])
	if l.Role == "" || l.CreatedAt.IsZero() {
		return l, problem.NotFound().Because("This link was withdrawn before links could be brought back. Make a new one.")
	}
	return l, nil
}

func timeFrom(value any) time.Time {
	text, _ := value.(string)
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return storage.Milli(at)
}
