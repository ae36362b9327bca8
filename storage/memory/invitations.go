package memory

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"quire/storage"
)

// CreateInvitation stores i in place of an older one to the same e-mail.
func (s *Store) CreateInvitation(ctx context.Context, i storage.Invitation) error {
	return s.do(ctx, "create invitation", func() error {
		i, err := storage.CleanInvitation(i)
		if err != nil {
			return err
		}
		if _, err := s.live(i.Document); err != nil {
			return err
		}
		replaced, others := "", 0
		for id, other := range s.invitations {
			if other.Document == i.Document {
				others++
			}
			switch {
			case other.Document == i.Document && storage.Fold(other.Email) == storage.Fold(i.Email):
				replaced = id
			case id == i.ID || bytes.Equal(other.TokenHash, i.TokenHash):
				return storage.ErrExists
			}
		}
		if replaced == "" && others >= storage.MostInvitations {
			return storage.ErrFull
		}
		delete(s.invitations, replaced)
		s.invitations[i.ID] = cloneInvitation(i)
		s.tellOf(storage.EventMembers, i.Document)
		return nil
	})
}

// Invitations lists a document's invitations.
func (s *Store) Invitations(ctx context.Context, doc storage.DocumentID) ([]storage.Invitation, error) {
	return s.listInvitations(ctx, "invitations", func(i storage.Invitation) bool { return i.Document == doc })
}

// InvitationsTo lists the invitations to an e-mail.
func (s *Store) InvitationsTo(ctx context.Context, email string, now time.Time) ([]storage.Invitation, error) {
	return s.listInvitations(ctx, "invitations to", func(i storage.Invitation) bool {
		return storage.Fold(i.Email) == storage.Fold(email) && i.ExpiresAt.After(milli(now))
	})
}

func (s *Store) listInvitations(ctx context.Context, what string, which func(storage.Invitation) bool) ([]storage.Invitation, error) {
	return get(ctx, s, what, func() ([]storage.Invitation, error) {
		var found []storage.Invitation
		for _, i := range s.invitations {
			if which(i) {
				found = append(found, cloneInvitation(i))
			}
		}
		slices.SortFunc(found, func(a, b storage.Invitation) int {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
		})
		return found, nil
	})
}

// InvitationByToken returns the invitation whose token has that hash.
func (s *Store) InvitationByToken(ctx context.Context, tokenHash []byte) (storage.Invitation, error) {
	found, err := s.listInvitations(ctx, "invitation by token", func(i storage.Invitation) bool {
		return bytes.Equal(i.TokenHash, tokenHash)
	})
	if err == nil && len(found) == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return storage.Invitation{}, err
	}
	return found[0], nil
}

// ClaimInvitation turns an invitation into a grant.
func (s *Store) ClaimInvitation(ctx context.Context, id string, g storage.Grant, was string) (storage.Grant, error) {
	return get(ctx, s, "claim invitation", func() (storage.Grant, error) {
		if err := storage.CheckClaim(g); err != nil {
			return storage.Grant{}, err
		}
		if err := s.invited(g.Document, id); err != nil {
			return storage.Grant{}, err
		}
		var given storage.Grant
		if g.Role != "" {
			var err error
			if given, err = s.setGrant(g, was); err != nil {
				return storage.Grant{}, err
			}
		}
		delete(s.invitations, id)
		s.tellOf(storage.EventMembers, g.Document)
		return given, nil
	})
}

// invited returns ErrNotFound if doc has no such invitation, or the error of live.
func (s *Store) invited(doc storage.DocumentID, id string) error {
	if _, err := s.live(doc); err != nil {
		return err
	}
	if i, ok := s.invitations[id]; !ok || i.Document != doc {
		return storage.ErrNotFound
	}
	return nil
}

// DeleteInvitation deletes an invitation.
func (s *Store) DeleteInvitation(ctx context.Context, doc storage.DocumentID, id string) error {
	return s.do(ctx, "delete invitation", func() error {
		if err := s.invited(doc, id); err != nil {
			return err
		}
		delete(s.invitations, id)
		s.tellOf(storage.EventMembers, doc)
		return nil
	})
}

// CreateRequest stores r in place of the person's older one.
func (s *Store) CreateRequest(ctx context.Context, r storage.AccessRequest) error {
	return s.do(ctx, "create request", func() error {
		r, err := storage.CleanRequest(r)
		if err != nil {
			return err
		}
		d, err := s.live(r.Document)
		if err != nil {
			return err
		}
		if err := s.person(r.User); err != nil {
			return err
		}
		kept, ok := d.requests[r.User]
		if ok {
			r.CreatedAt = kept.CreatedAt
		}
		if !ok && len(d.requests) >= storage.MostRequests {
			return storage.ErrFull
		}
		if r != kept {
			s.tellOf(storage.EventMembers, r.Document)
		}
		d.requests[r.User] = r
		return nil
	})
}

// Requests lists a document's requests for access.
func (s *Store) Requests(ctx context.Context, doc storage.DocumentID) ([]storage.AccessRequest, error) {
	return get(ctx, s, "requests", func() ([]storage.AccessRequest, error) {
		d, ok := s.documents[doc]
		if !ok {
			return nil, nil
		}
		return slices.SortedFunc(maps.Values(d.requests), func(a, b storage.AccessRequest) int {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.User, b.User))
		}), nil
	})
}

// DeleteRequest deletes a request for access.
func (s *Store) DeleteRequest(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return s.do(ctx, "delete request", func() error {
		d, err := s.live(doc)
		if err != nil {
			return err
		}
		if _, ok := d.requests[user]; !ok {
			return storage.ErrNotFound
		}
		delete(d.requests, user)
		s.tellOf(storage.EventMembers, doc)
		return nil
	})
}

func cloneInvitation(i storage.Invitation) storage.Invitation {
	i.TokenHash = slices.Clone(i.TokenHash)
	return i
}
