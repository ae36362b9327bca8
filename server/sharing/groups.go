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
	}, func() error { return s.store.CreateGroup(ctx, g) })
}

// RenameGroup changes what a group is called.
func (s *Service) RenameGroup(ctx context.Context, by By, g storage.Group, name string) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "group.rename", Subject: g.ID, Detail: audit.Detail("name", name, "was", g.Name),
	}, func() error { return s.store.RenameGroup(ctx, g.ID, name) })
}

// DeleteGroup deletes a group and its roles on documents. members is its number of members, for the audit log.
func (s *Service) DeleteGroup(ctx context.Context, by By, g storage.Group, members int) error {
	docs, err := s.store.GroupDocuments(ctx, g.ID)
	if err != nil {
		return err
	}
	return s.act(ctx, by, storage.AuditEntry{
		Action: "group.delete", Subject: g.ID, Detail: audit.Detail("name", g.Name, "members", members, "documents", len(docs)),
	}, func() error { return s.store.DeleteGroup(ctx, g.ID) })
}

// SetMember puts somebody in a group, or changes whether they manage it.
func (s *Service) SetMember(ctx context.Context, by By, g storage.Group, m storage.GroupMember) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "group.member", Subject: string(m.User), Detail: audit.Detail("group", g.ID, "name", g.Name, "manager", m.Manager),
	}, func() error { return s.store.SetGroupMember(ctx, m) })
}

// RemoveMember takes somebody out of a group.
func (s *Service) RemoveMember(ctx context.Context, by By, g storage.Group, user storage.UserID) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "group.remove", Subject: string(user), Detail: audit.Detail("group", g.ID, "name", g.Name),
	}, func() error { return s.store.RemoveGroupMember(ctx, g.ID, user) })
}

// OfferPlace offers somebody a place in a group. It changes nobody's access until they take it: nobody can be put into a group
// without their consent.
func (s *Service) OfferPlace(ctx context.Context, by By, g storage.Group, o storage.GroupOffer) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "group.offer", Subject: string(o.User), Detail: audit.Detail("group", g.ID, "name", g.Name, "manager", o.Manager),
	}, func() error { return s.store.OfferPlace(ctx, o) })
}

// WithdrawPlace ends the offer to user. declined: user does so, not a manager.
func (s *Service) WithdrawPlace(ctx context.Context, by By, g storage.Group, user storage.UserID, declined bool) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "group.withdraw", Subject: string(user), Detail: audit.Detail("group", g.ID, "name", g.Name, "declined", declined),
	}, func() error { return s.store.WithdrawPlace(ctx, g.ID, user) })
}

// TakePlace makes user a member by the offer made to them.
func (s *Service) TakePlace(ctx context.Context, by By, g storage.Group, user storage.UserID) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "group.take", Subject: string(user), Detail: audit.Detail("group", g.ID, "name", g.Name),
	}, func() error {
		_, err := s.store.TakePlace(ctx, g.ID, user, s.now())
		return err
	})
}
