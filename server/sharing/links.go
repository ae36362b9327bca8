package sharing

import (
	"context"
	"errors"
	"time"

	"quire/server/audit"
	"quire/storage"
)

// MakeLink stores a new link.
func (s *Service) MakeLink(ctx context.Context, by By, l storage.Link) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "link.create", Document: l.Document, Subject: l.ID, Detail: audit.Detail("role", l.Role, "expires_at", timeOrNil(l.ExpiresAt)),
	}, func() error { return s.store.CreateLink(ctx, l) })
}

// ChangeLink changes when a link expires; the zero time is never.
func (s *Service) ChangeLink(ctx context.Context, by By, doc storage.DocumentID, link string, expires time.Time) (l storage.Link, err error) {
	err = s.act(ctx, by, storage.AuditEntry{
		Action: "link.change", Document: doc, Subject: link, Detail: audit.Detail("expires_at", timeOrNil(expires)),
	}, func() (err error) {
		l, err = s.store.SetLinkExpiry(ctx, doc, link, expires)
		return err
	})
	return l, err
}

// WithdrawLink deletes a link. With people it also removes everybody who came by it, except owners, each with an audit entry of
// their own.
func (s *Service) WithdrawLink(ctx context.Context, by By, l storage.Link, people bool) error {
	err := s.act(ctx, by, storage.AuditEntry{
		Action: "link.withdraw", Document: l.Document, Subject: l.ID, Detail: withdrawn(l, people),
	}, func() error { return s.store.DeleteLink(ctx, l.Document, l.ID) })
	if err != nil || !people {
		return err
	}
	return s.removeLinkPeople(ctx, by, l.Document, l.ID)
}

// removeLinkPeople removes the role of everybody who came by the link, except owners.
func (s *Service) removeLinkPeople(ctx context.Context, by By, doc storage.DocumentID, link string) error {
	grants, err := s.store.Grants(ctx, doc)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if word, id := WayOf(g.Via); word != ViaLink || id != link || g.Role == storage.RoleOwner {
			continue
		}
		err := s.act(ctx, by, storage.AuditEntry{
			Action: "grant.remove", Document: doc, Subject: string(g.User),
			Detail: audit.Detail("was", g.Role, "via", ViaLink, "through", link),
		}, func() error { return s.store.RemoveGrant(ctx, doc, g.User) })
		if errors.Is(err, storage.ErrNotFound) { // removed since the list was read
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}
