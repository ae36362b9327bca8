package sharing

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"quire/collab/access"
	"quire/server/audit"
	"quire/storage"
)

// How somebody came by a role (storage.Grant.Via), beside "owner". A grant names the link that brought somebody: ViaLink, a
// colon and the link's id; grants from before the id was noted have the word alone.
const (
	ViaLink       = "link"
	ViaInvitation = "invitation"
	ViaRequest    = "request"
	ViaDirect     = "direct" // an owner chose them by name: they never showed their e-mail to the owners, nor did these type it
)

// NoRole is how the audit log and REST write that there is none.
const NoRole = "none"

// WayOf parts what a grant says of how it came about: the word, and the id of the link if it was one.
func WayOf(via string) (word, link string) {
	word, link, _ = strings.Cut(via, ":")
	return word, link
}

// SetRole changes the role of somebody who has the role was; storage.ErrConflict if they have another by now.
func (s *Service) SetRole(ctx context.Context, by By, doc storage.DocumentID, user storage.UserID, role, was string) (g storage.Grant, err error) {
	err = s.act(ctx, by, storage.AuditEntry{
		Action: "grant.set", Document: doc, Subject: string(user), Detail: audit.Detail("role", role, "was", was),
	}, func() (err error) {
		g, err = s.store.SetGrant(ctx, storage.Grant{Document: doc, User: user, Role: role}, was)
		return err
	})
	return g, err
}

// AtLeast lets g.User have the role, unless they have a higher one, and returns the one that they then have. through is what
// brought them, for the audit log.
func (s *Service) AtLeast(ctx context.Context, by By, g storage.Grant, through string) (string, error) {
	wanted, _ := access.Parse(g.Role)
	for {
		was, err := s.roleOf(ctx, g)
		if err != nil {
			return "", err
		}
		if role, _ := access.Parse(was); role >= wanted {
			return was, nil
		}
		g.CreatedAt = s.now()
		has := storage.Grant{}
		err = s.act(ctx, by, grantEntry(g, was, through), func() error {
			has, err = s.store.SetGrant(ctx, g, was)
			return err
		})
		if errors.Is(err, storage.ErrConflict) { // changed in this instant: look again
			continue
		}
		return has.Role, err
	}
}

// grantEntry tells of a role that somebody gets. A request that is granted is one act, so it is one entry.
func grantEntry(g storage.Grant, was, through string) storage.AuditEntry {
	if g.Via == ViaRequest {
		return storage.AuditEntry{
			Action: "request.grant", Document: g.Document, Subject: string(g.User), Detail: audit.Detail("role", g.Role, "was", was),
		}
	}
	via, _ := WayOf(g.Via)
	return storage.AuditEntry{
		Action: "grant.set", Document: g.Document, Subject: string(g.User),
		Detail: audit.Detail("role", g.Role, "was", was, "via", via, "through", through),
	}
}

// Remove takes somebody's role away.
func (s *Service) Remove(ctx context.Context, by By, doc storage.DocumentID, user storage.UserID) error {
	return s.act(ctx, by, storage.AuditEntry{Action: "grant.remove", Document: doc, Subject: string(user)}, func() error {
		return s.store.RemoveGrant(ctx, doc, user)
	})
}

// SetReach sets what everybody with an account may do, "" for nothing.
func (s *Service) SetReach(ctx context.Context, by By, doc storage.DocumentID, role string) (r storage.AccountReach, err error) {
	err = s.act(ctx, by, storage.AuditEntry{
		Action: "reach.set", Document: doc, Detail: audit.Detail("role", cmp.Or(role, NoRole)),
	}, func() (err error) {
		r, err = s.store.SetReach(ctx, doc, role)
		return err
	})
	return r, err
}

// Transfer hands doc over from whoever asks to another, who has then the role then ("" for none). By a token of the
// application that owns it there is nobody from whom it goes: ofApplication.
func (s *Service) Transfer(ctx context.Context, by By, doc storage.DocumentID, to storage.UserID, then string, ofApplication bool) error {
	from, left := by.Who.User, then
	if ofApplication {
		from, left = "", ""
	}
	return s.act(ctx, by, storage.AuditEntry{
		Action: "document.transfer", Document: doc, Subject: string(to), Detail: audit.Detail("then", cmp.Or(then, NoRole)),
	}, func() error { return s.store.TransferDocument(ctx, doc, from, to, left, s.now()) })
}

// Reassign hands doc over from one owner to another as an administrator; from "" for a document of an application.
func (s *Service) Reassign(ctx context.Context, by By, doc storage.DocumentID, from, to storage.UserID, then string) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "document.transfer", Document: doc, Subject: string(to), Detail: audit.Detail("from", from, "then", then, "because", "administrator"),
	}, func() error { return s.store.TransferDocument(ctx, doc, from, to, then, s.now()) })
}

// Inherit hands doc over from somebody who deletes their account.
func (s *Service) Inherit(ctx context.Context, by By, doc storage.DocumentID, from, heir storage.UserID) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "document.transfer", Document: doc, Subject: string(heir), Detail: audit.Detail("from", from, "because", "user.delete"),
	}, func() error { return s.store.TransferDocument(ctx, doc, from, heir, "", s.now()) })
}
