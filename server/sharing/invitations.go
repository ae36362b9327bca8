package sharing

import (
	"context"
	"errors"

	"quire/collab/access"
	"quire/server/audit"
	"quire/server/auth"
	"quire/storage"
)

// Invite stores an invitation, replacing an older one to the same e-mail, and mails it. If mailed is false, whoever invites has
// to pass the link on themselves.
func (s *Service) Invite(ctx context.Context, by By, i storage.Invitation, letter auth.InvitationLetter) (mailed bool, err error) {
	err = s.act(ctx, by, storage.AuditEntry{
		Action: "invitation.create", Document: i.Document, Subject: addressFor(by, i), Detail: audit.Detail("role", i.Role, "invitation", i.ID),
	}, func() error { return s.store.CreateInvitation(ctx, i) })
	if err != nil {
		return false, err
	}
	letter.To, letter.Ends = i.Email, i.ExpiresAt
	return s.letters.MailInvitation(letter), nil
}

// addressFor returns what the audit log says of an invitation's recipient: their e-mail if the person in by typed it, else the
// invitation's id. People are shown the addresses in their own acts, and another owner's act tells them none that they did not know.
func addressFor(by By, i storage.Invitation) string {
	if by.Who.User == i.CreatedBy {
		return i.Email
	}
	return i.ID
}

// WithdrawInvitation deletes an invitation for somebody who manages the document's sharing.
func (s *Service) WithdrawInvitation(ctx context.Context, by By, i storage.Invitation) error {
	return s.endInvitation(ctx, by, i, addressFor(by, i), audit.Detail("role", i.Role, "invitation", i.ID))
}

// DeclineInvitation deletes an invitation for the person it was sent to.
func (s *Service) DeclineInvitation(ctx context.Context, by By, i storage.Invitation) error {
	return s.endInvitation(ctx, by, i, i.Email, audit.Detail("declined", true, "invitation", i.ID))
}

func (s *Service) endInvitation(ctx context.Context, by By, i storage.Invitation, subject, detail string) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "invitation.withdraw", Document: i.Document, Subject: subject, Detail: detail,
	}, func() error { return s.store.DeleteInvitation(ctx, i.Document, i.ID) })
}

// Claim uses up an invitation for user and returns the role they have afterwards: the invitation's, or theirs if it is higher.
func (s *Service) Claim(ctx context.Context, by By, i storage.Invitation, user storage.UserID) (string, error) {
	for {
		g := storage.Grant{Document: i.Document, User: user, Role: i.Role, CreatedAt: s.now(), Via: byInvitation(i)}
		was, err := s.roleOf(ctx, g)
		if err != nil {
			return "", err
		}
		g.Role = higherOf(i.Role, was)
		err = s.act(ctx, by, storage.AuditEntry{
			Action: "invitation.claim", Document: i.Document, Subject: string(user),
			Detail: audit.Detail("role", g.Role, "was", was, "invitation", i.ID),
		}, func() (err error) {
			g, err = s.store.ClaimInvitation(ctx, i.ID, g, was)
			return err
		})
		if errors.Is(err, storage.ErrConflict) { // their role changed since it was read
			continue
		}
		return g.Role, err
	}
}

// roleOf returns the role granted to g.User themselves on g.Document, not through a group; "" if there is none.
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
