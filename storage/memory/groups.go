package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"quire/storage"
)

// group is a group's whole state but its grants, which documents hold.
type group struct {
	info    storage.Group
	members map[storage.UserID]storage.GroupMember
	offers  map[storage.UserID]storage.GroupOffer
}

func (g *group) sortedMembers() []storage.GroupMember {
	return slices.SortedFunc(maps.Values(g.members), func(a, b storage.GroupMember) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.User, b.User))
	})
}

// managedWithout reports whether somebody other than user manages the group.
func (g *group) managedWithout(user storage.UserID) bool {
	for _, m := range g.members {
		if m.Manager && m.User != user {
			return true
		}
	}
	return false
}

// group returns a group; ErrNotFound if it does not exist. s.mu is held.
func (s *Store) group(id string) (*group, error) {
	if g, ok := s.groups[id]; ok {
		return g, nil
	}
	return nil, storage.ErrNotFound
}

// nameTaken reports whether another group than id has the name.
func (s *Store) nameTaken(id, name string) bool {
	for _, g := range s.groups {
		if g.info.ID != id && storage.Fold(g.info.Name) == storage.Fold(name) {
			return true
		}
	}
	return false
}

// CreateGroup stores g with its creator as manager.
func (s *Store) CreateGroup(ctx context.Context, g storage.Group) error {
	return s.do(ctx, "create group", func() error {
		g, err := storage.CleanGroup(g)
		if err != nil {
			return err
		}
		if err := s.person(g.CreatedBy); err != nil {
			return err
		}
		if _, taken := s.groups[g.ID]; taken || s.nameTaken(g.ID, g.Name) {
			return storage.ErrExists
		}
		in := 0
		for _, other := range s.groups {
			if _, member := other.members[g.CreatedBy]; member {
				in++
			}
		}
		if in >= storage.MostGroups {
			return storage.ErrFull
		}
		first := storage.GroupMember{Group: g.ID, User: g.CreatedBy, Manager: true, CreatedAt: g.CreatedAt}
		s.groups[g.ID] = &group{
			info: g, members: map[storage.UserID]storage.GroupMember{g.CreatedBy: first}, offers: map[storage.UserID]storage.GroupOffer{},
		}
		return nil
	})
}

// Group returns a group.
func (s *Store) Group(ctx context.Context, id string) (storage.Group, error) {
	return get(ctx, s, "group", func() (storage.Group, error) {
		g, err := s.group(id)
		if err != nil {
			return storage.Group{}, err
		}
		return g.info, nil
	})
}

// Groups lists the groups that user is in, or all groups if user is "".
func (s *Store) Groups(ctx context.Context, user storage.UserID, limit int) ([]storage.GroupListed, error) {
	return get(ctx, s, "groups", func() ([]storage.GroupListed, error) {
		var found []storage.GroupListed
		for _, g := range s.groups {
			if m, in := g.members[user]; in || user == "" {
				found = append(found, storage.GroupListed{Group: g.info, Members: len(g.members), Manager: m.Manager})
			}
		}
		slices.SortFunc(found, func(a, b storage.GroupListed) int {
			return cmp.Compare(storage.Fold(a.Group.Name), storage.Fold(b.Group.Name))
		})
		return found[:min(len(found), max(limit, 0))], nil
	})
}

// RenameGroup changes a group's name.
func (s *Store) RenameGroup(ctx context.Context, id, name string) error {
	return s.do(ctx, "rename group", func() error {
		g, err := s.group(id)
		if err != nil {
			return err
		}
		info := g.info
		info.Name = name
		if info, err = storage.CleanGroup(info); err != nil {
			return err
		}
		if s.nameTaken(id, info.Name) {
			return storage.ErrExists
		}
		if g.info.Name != info.Name {
			s.tell(storage.GroupEvent(id))
		}
		g.info = info
		return nil
	})
}

// DeleteGroup removes a group with its members and grants.
func (s *Store) DeleteGroup(ctx context.Context, id string) error {
	return s.do(ctx, "delete group", func() error {
		if _, err := s.group(id); err != nil {
			return err
		}
		s.tell(storage.GroupEvent(id, slices.Collect(maps.Keys(s.groups[id].members))...))
		s.tell(storage.EachDocument(storage.EventMembers, s.dropGroup(id))...)
		return nil
	})
}

// dropGroup deletes a group with its grants, and returns the documents of those.
func (s *Store) dropGroup(id string) (on []storage.DocumentID) {
	on = s.grantedTo(id)
	delete(s.groups, id)
	for _, doc := range on {
		delete(s.documents[doc].groupGrants, id)
	}
	return on
}

// GroupMembers lists a group's members.
func (s *Store) GroupMembers(ctx context.Context, id string) ([]storage.GroupMember, error) {
	return get(ctx, s, "group members", func() ([]storage.GroupMember, error) {
		if g, ok := s.groups[id]; ok {
			return g.sortedMembers(), nil
		}
		return nil, nil
	})
}

// SetGroupMember adds m, or changes whether they manage.
func (s *Store) SetGroupMember(ctx context.Context, m storage.GroupMember) error {
	return s.do(ctx, "set group member", func() error {
		g, err := s.group(m.Group)
		if err != nil {
			return err
		}
		if err := s.person(m.User); err != nil {
			return err
		}
		if !m.Manager && !g.managedWithout(m.User) {
			return storage.ErrLastManager
		}
		m.CreatedAt = milli(m.CreatedAt)
		kept, in := g.members[m.User]
		if !in && g.full(m.User) {
			return storage.ErrFull
		}
		if in {
			m.CreatedAt = kept.CreatedAt
		}
		if !in || kept.Manager != m.Manager {
			s.tell(storage.GroupEvent(m.Group, m.User))
		}
		g.members[m.User] = m
		delete(g.offers, m.User)
		return nil
	})
}

// full reports whether there is no place for user, who is not a member.
func (g *group) full(user storage.UserID) bool {
	_, offered := g.offers[user]
	return !offered && len(g.members)+len(g.offers) >= storage.MostGroupMembers
}

// RemoveGroupMember takes a person out of a group.
func (s *Store) RemoveGroupMember(ctx context.Context, id string, user storage.UserID) error {
	return s.do(ctx, "remove group member", func() error {
		g, err := s.group(id)
		if err != nil {
			return err
		}
		if _, in := g.members[user]; !in {
			return storage.ErrNotFound
		}
		if !g.managedWithout(user) {
			return storage.ErrLastManager
		}
		delete(g.members, user)
		s.tell(storage.GroupEvent(id, user))
		return nil
	})
}

// GroupDocuments lists the documents on which a group has a role.
func (s *Store) GroupDocuments(ctx context.Context, id string) ([]storage.DocumentID, error) {
	return get(ctx, s, "group documents", func() ([]storage.DocumentID, error) { return s.grantedTo(id), nil })
}

func (s *Store) grantedTo(group string) (found []storage.DocumentID) {
	for doc, d := range s.documents {
		if _, ok := d.groupGrants[group]; ok {
			found = append(found, doc)
		}
	}
	slices.Sort(found)
	return found
}
