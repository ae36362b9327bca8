package api

import (
	"context"

	"quire/collab/access"
	"quire/storage"
)

const membersShown = 5

// describe converts rows to Documents, looking up all people in them at once.
func (a *API) describe(ctx context.Context, rows []storage.Listed) ([]Document, error) {
	var ids []storage.UserID
	docs := make([]storage.DocumentID, 0, len(rows))
	for _, r := range rows {
		ids = append(append(ids, r.Document.Owner, r.Head.UpdatedBy, r.Document.TrashedBy), r.Members...)
		docs = append(docs, r.Document.ID)
	}
	people, err := a.people(ctx, ids)
	if err != nil {
		return nil, err
	}
	present, previews := a.hub.Present(docs), a.hub.Previews(ctx, docs)
	out := make([]Document, 0, len(rows))
	for _, r := range rows {
		if newer, ok := previews[r.Document.ID]; ok {
			r.Document.Preview = newer
		}
		d := a.describeOne(r, people)
		for _, p := range present[r.Document.ID] {
			d.Present = append(d.Present, Person{ID: string(p.ID), Name: p.Name, Color: p.Color, Guest: p.Guest})
		}
		out = append(out, d)
	}
	return out, nil
}

func (a *API) describeOne(r storage.Listed, people map[storage.UserID]storage.User) Document {
	d := Document{
		ID: string(r.Document.ID), Title: r.Document.Title, Role: highest(r.Roles).String(), Owner: ownerOf(r.Document, people),
		Revision: int64(r.Head.Revision), CreatedAt: Time(r.Document.CreatedAt), UpdatedAt: Time(r.Head.UpdatedAt),
		Preview: r.Document.Preview, Members: []Person{}, MemberCount: r.MemberCount, Present: []Person{}, Epoch: a.cfg.Hub.Epoch(),
	}
	if r.Head.UpdatedBy != "" {
		d.UpdatedBy = some(personOf(people[r.Head.UpdatedBy]))
	}
	if r.Document.Trashed() {
		d.TrashedAt = some(Time(r.Document.TrashedAt))
		d.DeletedAfter = some(Time(r.Document.TrashedAt.Add(a.cfg.Bounds.Trash)))
		if r.Document.TrashedBy != "" {
			d.TrashedBy = some(personOf(people[r.Document.TrashedBy]))
		}
	}
	for _, id := range r.Members {
		d.Members = append(d.Members, personOf(people[id]))
	}
	return d
}

// show returns one document in the form that lists have.
func (a *API) show(ctx context.Context, s seen) (Document, error) {
	head, err := a.store.Head(ctx, s.ID)
	if err != nil {
		return Document{}, err
	}
	grants, err := a.memberGrants(ctx, s.ID)
	if err != nil {
		return Document{}, err
	}
	row := storage.Listed{Document: s.Document, Head: head, Roles: []string{s.role.String()}, MemberCount: len(grants)}
	for _, g := range grants[:min(len(grants), membersShown)] {
		row.Members = append(row.Members, g.User)
	}
	described, err := a.describe(ctx, []storage.Listed{row})
	if err != nil {
		return Document{}, err
	}
	return described[0], nil
}

// highest returns the highest of roles, which is the one that counts; access.None for no roles.
func highest(roles []string) access.Role {
	counts := access.None
	for _, name := range roles {
		role, _ := access.Parse(name)
		counts = max(counts, role)
	}
	return counts
}
