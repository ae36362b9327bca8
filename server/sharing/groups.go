package sharing

import (
	"context"

	"quire/server/audit"
	"quire/storage"
)

// MakeGroup stores a new group, with its maker as manager.
func (s *Service) MakeGroup(ctx context.Context, by By, g storage.Group) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "group.create", Subject: g.ID, Detail: audit.Detail("name", g.Name),
	}, func() error { return s.store.CreateGroup(ctx, g) }, func() {}) // nobody shows it yet
}

// RenameGroup changes what a group is called.
func (s *Service) RenameGroup(ctx context.Context, by By, g storage.Group, name string) error {
	return s.changeGroup(ctx, by, g, nil, storage.AuditEntry{
		Action: "group.rename", Subject: g.ID, Detail: audit.Detail("name", name, "was", g.Name),
	}, func() error { return s.store.RenameGroup(ctx, g.ID, name) })
}

// DeleteGroup deletes a group, with all that was shared with it; members are those who are in.
func (s *Service) DeleteGroup(ctx context.Context, by By, g storage.Group, members []storage.UserID) error {
	docs, err := s.store.GroupDocuments(ctx, g.ID)
	if err != nil {
		return err
	}
	return s.act(ctx, by, storage.AuditEntry{
		Action: "group.delete", Subject: g.ID, Detail: audit.Detail("name", g.Name, "members", len(members), "documents", len(docs)),
	}, func() error { return s.store.DeleteGroup(ctx, g.ID) }, func() {
		s.live.GroupChanged(g.ID, members, by.Who)
		for _, doc := range docs {
			s.live.MembersChanged(doc)
		}
	})
}

// SetMember puts somebody in a group, or changes whether they manage it.
func (s *Service) SetMember(ctx context.Context, by By, g storage.Group, m storage.GroupMember) error {
	return s.changeGroup(ctx, by, g, []storage.UserID{m.User}, storage.AuditEntry{
		Action: "group.member", Subject: string(m.User), Detail: audit.Detail("group", g.ID, "name", g.Name, "manager", m.Manager),
	}, func() error { return s.store.SetGroupMember(ctx, m) })
}

// RemoveMember takes somebody out of a group.
func (s *Service) RemoveMember(ctx context.Context, by By, g storage.Group, user storage.UserID) error {
	return s.changeGroup(ctx, by, g, []storage.UserID{user}, storage.AuditEntry{
		Action: "group.remove", Subject: string(user), Detail: audit.Detail("group", g.ID, "name", g.Name),
	}, func() error { return s.store.RemoveGroupMember(ctx, g.ID, user) })
}

// OfferPlace lets a place in a group wait for somebody. It gives nothing until they take it: nobody is drawn into what
// others share, and nobody's access changes.
func (s *Service) OfferPlace(ctx context.Context, by By, g storage.Group, o storage.GroupOffer) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "group.offer", Subject: string(o.User), Detail: audit.Detail("group", g.ID, "name", g.Name, "manager", o.Manager),
	}, func() error { return s.store.OfferPlace(ctx, o) }, func() {})
}

// WithdrawPlace ends an offer; declined: for whom it was made to.
func (s *Service) WithdrawPlace(ctx context.Context, by By, g storage.Group, user storage.UserID, declined bool) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "group.withdraw", Subject: string(user), Detail: audit.Detail("group", g.ID, "name", g.Name, "declined", declined),
	}, func() error { return s.store.WithdrawPlace(ctx, g.ID, user) }, func() {})
}

// TakePlace turns the offer to user into a place.
func (s *Service) TakePlace(ctx context.Context, by By, g storage.Group, user storage.UserID) error {
	return s.changeGroup(ctx, by, g, []storage.UserID{user}, storage.AuditEntry{
		Action: "group.take", Subject: string(user), Detail: audit.Detail("group", g.ID, "name", g.Name),
	}, func() error {
		_, err := s.store.TakePlace(ctx, g.ID, user, s.now())
		return err
	})
}

// changeGroup makes a change to who of users is in a group, or to its name. It also returns the error of finding out who
// shows the group beside a document; the change is made then.
func (s *Service) changeGroup(ctx context.Context, by By, g storage.Group, users []storage.UserID, e storage.AuditEntry, change func() error) error {
	err := s.act(ctx, by, e, change, func() {
		if len(users) > 0 {
			s.live.GroupChanged(g.ID, users, by.Who)
		}
	})
	if err != nil {
		return err
	}
	docs, err := s.store.GroupDocuments(ctx, g.ID)
	for _, doc := range docs {
		s.live.MembersChanged(doc)
	}
	return err
}
