package postgres

import (
	"context"
	"fmt"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// CreateInvitation stores i and replaces an earlier one.
func (s *Store) CreateInvitation(ctx context.Context, i storage.Invitation) error {
	return s.write(ctx, "create invitation doc="+string(i.Document), func(tx *writing) error {
		i, err := storage.CleanInvitation(i)
		if err != nil {
			return err
		}
		if err := hold(ctx, tx, i.Document); err != nil {
			return err
		}
		folded := storage.Fold(i.Email)
		if _, err := tx.Exec(ctx, `DELETE FROM invitations WHERE document_id = $1 AND email_folded = $2`, id(i.Document), folded); err != nil {
			return err
		}
		if err := room(ctx, tx, tables.InvitationRoom, id(i.Document)); err != nil {
			return err
		}
		tx.tellOf(storage.EventMembers, i.Document)
		_, err = tx.Exec(ctx, `INSERT INTO invitations (`+tables.InvitationColumns+`, email_folded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			id(i.ID), blob(i.TokenHash), id(i.Document), i.Email, id(i.Role), id(i.CreatedBy), storage.ToUnix(i.CreatedAt), storage.ToUnix(i.ExpiresAt), id(i.Token), folded)
		return err
	})
}

func (s *Store) listInvitations(ctx context.Context, what, where string, args ...any) ([]storage.Invitation, error) {
	return all(ctx, s, what, tables.InvitationFields, `SELECT `+tables.InvitationColumns+` FROM invitations WHERE `+where+` ORDER BY created_at, invitation_id`, args...)
}

// Invitations lists a document's invitations.
func (s *Store) Invitations(ctx context.Context, doc storage.DocumentID) ([]storage.Invitation, error) {
	return s.listInvitations(ctx, "invitations doc="+string(doc), `document_id = $1`, id(doc))
}

// InvitationsTo lists the invitations to an e-mail.
func (s *Store) InvitationsTo(ctx context.Context, email string, now time.Time) ([]storage.Invitation, error) {
	return s.listInvitations(ctx, "invitations to an e-mail", `email_folded = $1 AND expires_at > $2`, storage.Fold(email), storage.ToUnix(now))
}

// InvitationByToken returns the invitation whose token has that hash.
func (s *Store) InvitationByToken(ctx context.Context, tokenHash []byte) (i storage.Invitation, err error) {
	err = s.one(ctx, "invitation by token", tables.InvitationFields(&i), `SELECT `+tables.InvitationColumns+` FROM invitations WHERE token_hash = $1`, blob(tokenHash))
	return i, err
}

const invitedSQL = ` FROM invitations WHERE document_id = $1 AND invitation_id = $2`

// ClaimInvitation turns an invitation into a grant. It looks for the invitation before it checks the grant, so that whoever comes too
// late gets ErrNotFound, and deletes it afterwards, because users are locked before invitations (groups.go).
func (s *Store) ClaimInvitation(ctx context.Context, invitation string, g storage.Grant, was string) (kept storage.Grant, err error) {
	err = s.write(ctx, fmt.Sprintf("claim invitation doc=%s user=%s", g.Document, g.User), func(tx *writing) error {
		kept = storage.Grant{} // a repeated transaction begins anew
		if err := storage.CheckClaim(g); err != nil {
			return err
		}
		if err := hold(ctx, tx, g.Document); err != nil {
			return err
		}
		if err := must(tx.Exec(ctx, `SELECT`+invitedSQL, id(g.Document), id(invitation))); err != nil {
			return err
		}
		if g.Role != "" {
			var changed bool
			if kept, changed, err = setGrant(ctx, tx, g, was); err != nil {
				return err
			}
			if changed {
				tx.tell(storage.GrantEvent(g.Document, g.User))
			}
		}
		tx.tellOf(storage.EventMembers, g.Document)
		return must(tx.Exec(ctx, `DELETE`+invitedSQL, id(g.Document), id(invitation)))
	})
	if err != nil {
		return storage.Grant{}, err
	}
	return kept, nil
}

// DeleteInvitation deletes an invitation.
func (s *Store) DeleteInvitation(ctx context.Context, doc storage.DocumentID, invitation string) error {
	return s.mustChange(ctx, "delete invitation", of(doc, storage.EventMembers), `DELETE`+invitedSQL, id(invitation))
}

// CreateRequest stores r and replaces an earlier one.
func (s *Store) CreateRequest(ctx context.Context, r storage.AccessRequest) error {
	return s.write(ctx, fmt.Sprintf("create request doc=%s user=%s", r.Document, r.User), func(tx *writing) error {
		r, err := storage.CleanRequest(r)
		if err != nil {
			return err
		}
		if err := hold(ctx, tx, r.Document); err != nil {
			return err
		}
		if err := person(ctx, tx, r.User); err != nil {
			return err
		}
		if err := room(ctx, tx, tables.RequestRoom, id(r.Document), id(r.User)); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `INSERT INTO access_requests AS r (document_id, user_id, role, message, created_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (document_id, user_id) DO UPDATE SET role = excluded.role, message = excluded.message
			WHERE r.role <> excluded.role OR r.message <> excluded.message`,
			id(r.Document), id(r.User), id(r.Role), r.Message, storage.ToUnix(r.CreatedAt))
		if tag.RowsAffected() > 0 {
			tx.tellOf(storage.EventMembers, r.Document)
		}
		return err
	})
}

// Requests lists a document's requests for access.
func (s *Store) Requests(ctx context.Context, doc storage.DocumentID) ([]storage.AccessRequest, error) {
	return all(ctx, s, "requests doc="+string(doc), func(r *storage.AccessRequest) []any {
		return []any{&r.Document, &r.User, &r.Role, &r.Message, (*tables.Unix)(&r.CreatedAt)}
	}, `SELECT document_id, user_id, role, message, created_at FROM access_requests WHERE document_id = $1 ORDER BY created_at, user_id`, id(doc))
}

// DeleteRequest deletes a request for access.
func (s *Store) DeleteRequest(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return s.mustChange(ctx, "delete request", of(doc, storage.EventMembers), `DELETE FROM access_requests WHERE document_id = $1 AND user_id = $2`, id(user))
}
