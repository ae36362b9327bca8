package sharing

import (
	"context"
	"errors"

	"quire/collab/access"
	"quire/server/audit"
	"quire/server/auth"
	"quire/storage"
)

// Invite stores an invitation, in the place of an older one to the same e-mail, and mails its letter. mailed: that is on its
// way; else whoever invites sends the address themselves.
func (s *Service) Invite(ctx context.Context, by By, i storage.Invitation, letter auth.InvitationLetter) (mailed bool, err error) {
	err = s.act(ctx, by, storage.AuditEntry{
		Action: "invitation.create", Document: i.Document, Subject: i.Email, Detail: audit.Detail("role", i.Role, "invitation", i.ID),
	}, func() error { return s.store.CreateInvitation(ctx, i) })
	if err != nil {
		return false, err
	}
	letter.To, letter.Ends = i.Email, i.ExpiresAt
	return s.letters.MailInvitation(letter), nil
}

// WithdrawInvitation ends one that waits, for those who share the document.
func (s *Service) WithdrawInvitation(ctx context.Context, by By, i storage.Invitation) error {
	return s.endInvitation(ctx, by, i, audit.Detail("role", i.Role, "invitation", i.ID))
}

// DeclineInvitation ends one for whom it was sent to.
func (s *Service) DeclineInvitation(ctx context.Context, by By, i storage.Invitation) error {
	return s.endInvitation(ctx, by, i, audit.Detail("declined", true, "invitation", i.ID))
}

func (s *Service) endInvitation(ctx context.Context, by By, i storage.Invitation, detail string) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "invitation.withdraw", Document: i.Document, Subject: i.Email, Detail: detail,
	}, func() error { return s.store.DeleteInvitation(ctx, i.Document, i.ID) })
}

// Claim uses an invitation up for user and returns the role that they then have: a higher one is kept.
func (s *Service) Claim(ctx context.Context, by By, i storage.Invitation, user storage.UserID) (string, error) {
	for {
		g := storage.Grant{Document: i.Document, User: user, Role: i.Role, CreatedAt: s.now(), Via: ViaInvitation}
		was, err := s.roleOf(ctx, g)
		if err != nil {
			return "", err
		}
		g.Role = higherOf(i.Role, was)
		err = s.act(ctx, by, storage.AuditEntry{
			Action: "invitation.claim", Document: i.Document, Subject: string(user),
			Detail: audit.Detail("role", g.Role, "was", was, "invitation", i.ID, "email", i.Email),
		}, func() (err error) {
			g, err = s.store.ClaimInvitation(ctx, i.ID, g, was)
			return err
		})
		if errors.Is(err, storage.ErrConflict) { // their role changed in this instant: look again
			continue
		}
		return g.Role, err
	}
}

// roleOf returns the role that g's person has on g's document of their own; "" for none.
func (s *Service) roleOf(ctx context.Context, g storage.Grant) (string, error) {
	has, err := s.store.Grant(ctx, g.Document, g.User)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil
	}
	return has.Role, err
}

func higherOf(offered, was string) string {
	wanted, _ := access.Parse(offered)
	if role, _ := access.Parse(was); role > wanted {
		return was
	}
	return offered
}
