package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"quire/storage"
)

// heldRoles returns the roles that user holds on d. s.mu is held.
func (s *Store) heldRoles(d *document, user storage.UserID) []storage.HeldRole {
	if s.users[user].OfApplication() {
		return nil
	}
	var found []storage.HeldRole
	if g, ok := d.grants[user]; ok {
		found = append(found, storage.HeldRole{Role: g.Role, Since: g.Since, Via: g.Via})
	}
	for id, g := range d.groupGrants {
		if _, in := s.groups[id].members[user]; in {
			found = append(found, storage.HeldRole{Role: g.Role, Since: g.Since, Via: storage.ViaGroup, Group: id})
		}
	}
	if d.reach.Role != "" && s.users[user].Account() {
		found = append(found, storage.HeldRole{Role: d.reach.Role, Since: d.reach.Since, Via: storage.ViaReach})
	}
	return found
}

// HeldRoles returns the roles that user holds on doc.
func (s *Store) HeldRoles(ctx context.Context, doc storage.DocumentID, user storage.UserID) ([]storage.HeldRole, error) {
	return get(ctx, s, "held roles", func() ([]storage.HeldRole, error) {
		if d, ok := s.documents[doc]; ok {
			return s.heldRoles(d, user), nil
		}
		return nil, nil
	})
}

// GroupGrants lists a document's group grants.
func (s *Store) GroupGrants(ctx context.Context, doc storage.DocumentID) ([]storage.GroupGrant, error) {
	return get(ctx, s, "group grants", func() ([]storage.GroupGrant, error) {
		d, ok := s.documents[doc]
		if !ok {
			return nil, nil
		}
		return slices.SortedFunc(maps.Values(d.groupGrants), func(a, b storage.GroupGrant) int {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Group, b.Group))
		}), nil
	})
}

// SetGroupGrant sets a group's role.
func (s *Store) SetGroupGrant(ctx context.Context, g storage.GroupGrant) (storage.GroupGrant, error) {
	return get(ctx, s, "set group grant", func() (storage.GroupGrant, error) {
		g, err := storage.CleanGroupGrant(g)
		if err != nil {
			return storage.GroupGrant{}, err
		}
		d, err := s.live(g.Document)
		if err != nil {
			return storage.GroupGrant{}, err
		}
		if _, err := s.group(g.Group); err != nil {
			return storage.GroupGrant{}, err
		}
		g.Since = d.head.Revision
		kept, ok := d.groupGrants[g.Group]
		if ok {
			g.Since, g.CreatedAt = kept.Since, kept.CreatedAt
		}
		if !ok && len(d.groupGrants) >= storage.MostDocumentGroups {
			return storage.GroupGrant{}, storage.ErrFull
		}
		if kept.Role != g.Role {
			s.tell(storage.Event{Kind: storage.EventGroupGrant, Document: g.Document, Group: g.Group})
		}
		d.groupGrants[g.Group] = g
		return g, nil
	})
}

// RemoveGroupGrant deletes a group's grant.
func (s *Store) RemoveGroupGrant(ctx context.Context, doc storage.DocumentID, group string) error {
	return s.do(ctx, "remove group grant", func() error {
		d, err := s.live(doc)
		if err != nil {
			return err
		}
		if _, ok := d.groupGrants[group]; !ok {
			return storage.ErrNotFound
		}
		delete(d.groupGrants, group)
		s.tell(storage.Event{Kind: storage.EventGroupGrant, Document: doc, Group: group})
		return nil
	})
}

// Reach returns the role that every account has on doc.
func (s *Store) Reach(ctx context.Context, doc storage.DocumentID) (storage.AccountReach, error) {
	return get(ctx, s, "reach", func() (storage.AccountReach, error) {
		if d, ok := s.documents[doc]; ok {
			return d.reach, nil
		}
		return storage.AccountReach{}, nil
	})
}

// SetReach sets the role that every account has on doc.
func (s *Store) SetReach(ctx context.Context, doc storage.DocumentID, role string) (storage.AccountReach, error) {
	if err := storage.CheckReach(role); err != nil {
		return storage.AccountReach{}, err
	}
	var now storage.AccountReach
	err := s.change(ctx, "set reach", doc, func(d *document) {
		switch {
		case role == "":
			d.reach.Since = 0
		case d.reach.Role == "":
			d.reach.Since = d.head.Revision
		}
		if d.reach.Role != role {
			s.tellOf(storage.EventReach, doc)
		}
		d.reach.Role = role
		now = d.reach
	})
	return now, err
}

// SoleOwned lists the documents that user is the only owner of.
func (s *Store) SoleOwned(ctx context.Context, user storage.UserID) ([]storage.SoleOwned, error) {
	return get(ctx, s, "sole owned", func() ([]storage.SoleOwned, error) { return s.soleOwned(user), nil })
}

func (s *Store) soleOwned(user storage.UserID) []storage.SoleOwned {
	var found []storage.SoleOwned
	for id, d := range s.documents {
		if s.lastOwner(d, user) {
			others := len(s.counting(d)) > 1 || len(d.groupGrants) > 0 || d.reach.Role != ""
			found = append(found, storage.SoleOwned{Document: id, Others: others})
		}
	}
	slices.SortFunc(found, func(a, b storage.SoleOwned) int { return cmp.Compare(a.Document, b.Document) })
	return found
}
