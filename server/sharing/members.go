package sharing

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"

	"quire/collab/access"
	"quire/server/audit"
	"quire/storage"
)

// How somebody got a role (storage.Grant.Via), besides "owner". For a role that came with a link it is ViaLink, a colon and the
// link's id; older grants have only ViaLink, because the id was not recorded then. For ViaInvitation
// see byInvitation.
const (
	ViaLink       = "link"
	ViaInvitation = "invitation"
	ViaRequest    = "request"
	ViaDirect     = "direct" // an owner chose them by name
)

// NoRole is written in the audit log and in REST where there is no role.
const NoRole = "none"

// WayOf splits a storage.Grant.Via into its word and, for ViaLink, the link's id, which may be "".
func WayOf(via string) (word, link string) {
	word, link, _ = strings.Cut(via, ":")
	if word != ViaLink {
		link = ""
	}
	return word, link
}

// byInvitation returns the Via of a role that came with i: ViaInvitation, a colon, who typed the e-mail, a colon and a digest of
// what they typed. So the inviter is shown the address for as long as it is the person's, and nobody else is.
func byInvitation(i storage.Invitation) string {
	return ViaInvitation + ":" + string(i.CreatedBy) + ":" + digest(i.Email)
}

// Typed reports whether user invited the very address email, and its owner came by that invitation.
func Typed(via string, user storage.UserID, email string) bool {
	return email != "" && via == byInvitation(storage.Invitation{CreatedBy: user, Email: email})
}

// digest returns 96 bits of an e-mail's digest: enough to compare it with another.
func digest(email string) string {
	sum := sha256.Sum256([]byte(storage.Fold(email)))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// SetRole changes somebody's role from was to role. It returns storage.ErrConflict if their role is no longer was.
func (s *Service) SetRole(ctx context.Context, by By, doc storage.DocumentID, user storage.UserID, role, was string) (g storage.Grant, err error) {
	err = s.act(ctx, by, storage.AuditEntry{
		Action: "grant.set", Document: doc, Subject: string(user), Detail: audit.Detail("role", role, "was", was),
	}, func() (err error) {
		g, err = s.store.SetGrant(ctx, storage.Grant{Document: doc, User: user, Role: role}, was)
		return err
	})
	return g, err
}

// AtLeast raises the role of g.User to g.Role, unless theirs is as high already, and returns the role they have afterwards.
// through is recorded in the audit log: the id of the link, for example.
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
		if errors.Is(err, storage.ErrConflict) { // their role changed since it was read
			continue
		}
		return has.Role, err
	}
}

// grantEntry returns the audit entry for giving g. Granting a request is one act, so it has a single entry, request.grant.
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

// Remove removes somebody's role on doc.
func (s *Service) Remove(ctx context.Context, by By, doc storage.DocumentID, user storage.UserID) error {
	return s.act(ctx, by, storage.AuditEntry{Action: "grant.remove", Document: doc, Subject: string(user)}, func() error {
		return s.store.RemoveGrant(ctx, doc, user)
	})
}

// SetReach sets the role of everybody with an account on doc; "" is none.
func (s *Service) SetReach(ctx context.Context, by By, doc storage.DocumentID, role string) (r storage.AccountReach, err error) {
	err = s.act(ctx, by, storage.AuditEntry{
		Action: "reach.set", Document: doc, Detail: audit.Detail("role", cmp.Or(role, NoRole)),
	}, func() (err error) {
		r, err = s.store.SetReach(ctx, doc, role)
		return err
	})
	return r, err
}
