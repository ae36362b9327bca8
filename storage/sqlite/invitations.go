package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"quire/storage"
	"quire/storage/tables"
)

// CreateInvitation stores i and replaces an earlier one.
func (s *Store) CreateInvitation(ctx context.Context, i storage.Invitation) error {
	return s.write(ctx, "create invitation doc="+string(i.Document), func(t *tx) error {
		i, err := storage.CleanInvitation(i)
		if err != nil {
			return err
		}
		if err := live(t.ctx, t.Tx, i.Document); err != nil {
			return err
		}
		folded := storage.Fold(i.Email)
		if _, err := t.exec(`DELETE FROM invitations WHERE document_id = ?1 AND email_folded = ?2`, string(i.Document), folded); err != nil {
			return err
		}
		if err := t.room(tables.InvitationRoom, string(i.Document)); err != nil {
			return err
		}
		t.tellOf(storage.EventMembers, i.Document)
		_, err = t.exec(`INSERT INTO invitations (`+tables.InvitationColumns+`, email_folded) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`,
			i.ID, blob(i.TokenHash), string(i.Document), i.Email, i.Role, string(i.CreatedBy), storage.ToUnix(i.CreatedAt), storage.ToUnix(i.ExpiresAt), i.Token, folded)
		return err
	})
}

func (s *Store) listInvitations(ctx context.Context, what, where string, args ...any) (list []storage.Invitation, err error) {
	err = s.read(ctx, what, func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT `+tables.InvitationColumns+` FROM invitations WHERE `+where+` ORDER BY created_at, invitation_id`, args...)
		list, err = collect(rows, err, tables.InvitationFields)
		return err
	})
	return list, err
}

// Invitations lists a document's invitations.
func (s *Store) Invitations(ctx context.Context, doc storage.DocumentID) ([]storage.Invitation, error) {
	return s.listInvitations(ctx, "invitations doc="+string(doc), `document_id = ?1`, string(doc))
}

// InvitationsTo lists the invitations to an e-mail.
func (s *Store) InvitationsTo(ctx context.Context, email string, now time.Time) ([]storage.Invitation, error) {
	return s.listInvitations(ctx, "invitations to an e-mail", `email_folded = ?1 AND expires_at > ?2`, storage.Fold(email), storage.ToUnix(now))
}

// InvitationByToken returns the invitation whose token has that hash.
func (s *Store) InvitationByToken(ctx context.Context, tokenHash []byte) (i storage.Invitation, err error) {
	err = s.read(ctx, "invitation by token", func(q *sql.Tx) error {
		return q.QueryRowContext(ctx, `SELECT `+tables.InvitationColumns+` FROM invitations WHERE token_hash = ?1`, blob(tokenHash)).Scan(tables.InvitationFields(&i)...)
	})
	return i, err
}

// ClaimInvitation turns an invitation into a grant.
func (s *Store) ClaimInvitation(ctx context.Context, id string, g storage.Grant, was string) (kept storage.Grant, err error) {
	err = s.write(ctx, fmt.Sprintf("claim invitation doc=%s user=%s", g.Document, g.User), func(t *tx) error {
		if err := storage.CheckClaim(g); err != nil {
			return err
		}
		if err := live(t.ctx, t.Tx, g.Document); err != nil {
			return err
		}
		if err := t.must(`DELETE FROM invitations WHERE document_id = ?1 AND invitation_id = ?2`, string(g.Document), id); err != nil {
			return err
		}
		if g.Role != "" {
			var changed bool
			if kept, changed, err = setGrant(t, g, was); changed {
				t.tell(storage.GrantEvent(g.Document, g.User))
			}
		}
		t.tellOf(storage.EventMembers, g.Document)
		return err
	})
	if err != nil {
		return storage.Grant{}, err
	}
	return kept, nil
}

// DeleteInvitation deletes an invitation.
func (s *Store) DeleteInvitation(ctx context.Context, doc storage.DocumentID, id string) error {
	return s.mustChange(ctx, "delete invitation", of(doc, storage.EventMembers), `DELETE FROM invitations WHERE document_id = ?1 AND invitation_id = ?2`, id)
}

// CreateRequest stores r and replaces an earlier one.
func (s *Store) CreateRequest(ctx context.Context, r storage.AccessRequest) error {
	return s.write(ctx, fmt.Sprintf("create request doc=%s user=%s", r.Document, r.User), func(t *tx) error {
		r, err := storage.CleanRequest(r)
		if err != nil {
			return err
		}
		if err := live(t.ctx, t.Tx, r.Document); err != nil {
			return err
		}
		if err := person(t.ctx, t.Tx, r.User); err != nil {
			return err
		}
		if err := t.room(tables.RequestRoom, string(r.Document), string(r.User)); err != nil {
			return err
		}
		changed, err := t.changed(`INSERT INTO access_requests AS r (document_id, user_id, role, message, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT DO UPDATE SET role = excluded.role, message = excluded.message
			WHERE r.role <> excluded.role OR r.message <> excluded.message`,
			string(r.Document), string(r.User), r.Role, r.Message, storage.ToUnix(r.CreatedAt))
		if changed {
			t.tellOf(storage.EventMembers, r.Document)
		}
		return err
	})
}

// Requests lists a document's requests for access.
func (s *Store) Requests(ctx context.Context, doc storage.DocumentID) (list []storage.AccessRequest, err error) {
	err = s.read(ctx, "requests doc="+string(doc), func(q *sql.Tx) error {
		rows, err := q.QueryContext(ctx, `SELECT document_id, user_id, role, message, created_at FROM access_requests WHERE document_id = ?1
			ORDER BY created_at, user_id`, string(doc))
		list, err = collect(rows, err, func(r *storage.AccessRequest) []any {
			return []any{&r.Document, &r.User, &r.Role, &r.Message, (*tables.Unix)(&r.CreatedAt)}
		})
		return err
	})
	return list, err
}

// DeleteRequest deletes a request for access.
func (s *Store) DeleteRequest(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return s.mustChange(ctx, "delete request", of(doc, storage.EventMembers), `DELETE FROM access_requests WHERE document_id = ?1 AND user_id = ?2`, string(user))
}
