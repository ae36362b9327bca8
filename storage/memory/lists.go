package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"quire/storage"
)

// ListDocuments returns a page of the documents on which q.User or one of their groups has a grant.
func (s *Store) ListDocuments(ctx context.Context, q storage.DocumentQuery) ([]storage.Listed, error) {
	return get(ctx, s, "list documents", func() ([]storage.Listed, error) {
		var found []storage.Listed
		for _, d := range s.documents {
			roles, listed := s.roles(d, q.User)
			if listed && inScope(q.Scope, d.info, d.grants[q.User].Role) {
				found = append(found, storage.Listed{Document: d.info, Head: d.head, Roles: roles})
			}
		}
		return s.page(q, found), nil
	})
}

// ListWithin returns a page of what has an id in q.Within.
func (s *Store) ListWithin(ctx context.Context, q storage.DocumentQuery) ([]storage.Listed, error) {
	return get(ctx, s, "list within", func() ([]storage.Listed, error) {
		var found []storage.Listed
		for id, d := range s.documents {
			scope := q.Scope == storage.ScopeAll && !d.info.Trashed() || q.Scope == storage.ScopeTrash && d.info.Trashed()
			in := slices.ContainsFunc(q.Within, func(r storage.IDRange) bool { return id >= r.From && id < r.Before })
			if in && scope && !d.deleted {
				found = append(found, storage.Listed{Document: d.info, Head: d.head})
			}
		}
		return s.page(q, found), nil
	})
}

// page is q's part of found, with members. s.mu is held.
func (s *Store) page(q storage.DocumentQuery, found []storage.Listed) []storage.Listed {
	found = slices.DeleteFunc(found, func(l storage.Listed) bool { return !inPage(q, l.Document, l.Cursor()) })
	slices.SortFunc(found, func(a, b storage.Listed) int { return byChange(a.Cursor(), b.Cursor()) })
	found = found[:min(len(found), max(q.Limit, 0))]
	for i, l := range found {
		members := s.counting(s.documents[l.Document.ID])
		found[i].MemberCount = len(members)
		for _, g := range members {
			if len(found[i].Members) < storage.ListedMembers {
				found[i].Members = append(found[i].Members, g.User)
			}
		}
	}
	return found
}

// roles returns all roles that user holds on d, and whether one of them puts d into their lists.
func (s *Store) roles(d *document, user storage.UserID) (roles []string, listed bool) {
	for _, w := range s.heldRoles(d, user) {
		roles = append(roles, w.Role)
		listed = listed || w.Via != storage.ViaReach
	}
	slices.Sort(roles)
	return slices.Compact(roles), listed
}

// inPage reports whether a document of q's scope matches q.Title and comes after q.After.
func inPage(q storage.DocumentQuery, d storage.Document, at storage.Cursor) bool {
	found := strings.Contains(storage.Fold(d.Title), storage.Fold(q.Title))
	return found && (q.After == (storage.Cursor{}) || byChange(q.After, at) < 0)
}

// inScope reports whether d is in scope for a user who has role by their own grant; "" for no grant.
func inScope(scope storage.Scope, d storage.Document, role string) bool {
	owner := role == storage.RoleOwner
	switch scope {
	case storage.ScopeAll:
		return !d.Trashed()
	case storage.ScopeMine:
		return !d.Trashed() && owner
	case storage.ScopeShared:
		return !d.Trashed() && !owner
	case storage.ScopeTrash:
		return d.Trashed() && owner
	}
	return false
}

// byChange orders lists: newest change first, then by id.
func byChange(a, b storage.Cursor) int {
	return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(a.ID, b.ID))
}
