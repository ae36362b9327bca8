package sharing

import (
	"context"
	"errors"

	"quire/server/audit"
	"quire/storage"
)

// Ask stores somebody's request for a role. The audit log records only the decision about it.
func (s *Service) Ask(ctx context.Context, r storage.AccessRequest) error {
	return s.store.CreateRequest(ctx, r)
}

// GrantRequest raises the role of user, who asked, to at least role, and deletes their request.
func (s *Service) GrantRequest(ctx context.Context, by By, doc storage.DocumentID, user storage.UserID, role string) error {
	if _, err := s.AtLeast(ctx, by, storage.Grant{Document: doc, User: user, Role: role, Via: ViaRequest}, ViaRequest); err != nil {
		return err
	}
	if err := s.store.DeleteRequest(ctx, doc, user); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	return nil
}

// DeclineRequest deletes somebody's request.
func (s *Service) DeclineRequest(ctx context.Context, by By, doc storage.DocumentID, user storage.UserID) error {
	return s.act(ctx, by, storage.AuditEntry{Action: "request.decline", Document: doc, Subject: string(user)}, func() error {
		return s.store.DeleteRequest(ctx, doc, user)
	})
}

// SetGroup sets a group's role on a document. was is its role before, for the audit log; "" is none.
func (s *Service) SetGroup(ctx context.Context, by By, g storage.GroupGrant, was string) (has storage.GroupGrant, err error) {
	err = s.act(ctx, by, storage.AuditEntry{
		Action: "group.grant", Document: g.Document, Subject: g.Group, Detail: audit.Detail("role", g.Role, "was", was),
	}, func() (err error) {
		has, err = s.store.SetGroupGrant(ctx, g)
		return err
	})
	return has, err
}

// RemoveGroup removes a group's role on a document.
func (s *Service) RemoveGroup(ctx context.Context, by By, doc storage.DocumentID, group string) error {
	return s.act(ctx, by, storage.AuditEntry{Action: "group.withdraw", Document: doc, Subject: group}, func() error {
		return s.store.RemoveGroupGrant(ctx, doc, group)
	})
}
