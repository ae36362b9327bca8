package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"quire/storage"
)

// CreateInvitation stores i in place of an older one to the same e-mail.
func (s *Store) CreateInvitation(ctx context.Context, i storage.Invitation) error {
	i, err := storage.CleanInvitation(i)
	if err != nil {
		return fmt.Errorf("memory: create invitation: %w", err)
	}
	unlock, err := s.begin(ctx, "create invitation")
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := s.live("create invitation", i.Document); err != nil {
		return err
	}
	replaced := ""
	for id, other := range s.invitations {
		switch {
		case other.Document == i.Document && storage.Fold(other.Email) == storage.Fold(i.Email):
			replaced = id
		case id == i.ID || bytes.Equal(other.TokenHash, i.TokenHash):
			return fmt.Errorf("memory: create invitation doc=%s: %w", i.Document, storage.ErrExists)
		}
	}
	delete(s.invitations, replaced)
	s.invitations[i.ID] = cloneInvitation(i)
	s.tellOf(storage.EventMembers, i.Document)
	return nil
}

// Invitations lists a document's.
func (s *Store) Invitations(ctx context.Context, doc storage.DocumentID) ([]storage.Invitation, error) {
	return s.listInvitations(ctx, "invitations", func(i storage.Invitation) bool { return i.Document == doc })
}

// InvitationsTo lists those that wait for an e-mail.
func (s *Store) InvitationsTo(ctx context.Context, email string, now time.Time) ([]storage.Invitation, error) {
	return s.listInvitations(ctx, "invitations to", func(i storage.Invitation) bool {
		return storage.Fold(i.Email) == storage.Fold(email) && i.ExpiresAt.After(milli(now))
	})
}

func (s *Store) listInvitations(ctx context.Context, what string, which func(storage.Invitation) bool) ([]storage.Invitation, error) {
	unlock, err := s.begin(ctx, what)
	if err != nil {
		return nil, err
	}
	defer unlock()
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
}

// InvitationByToken returns the one of that hash.
func (s *Store) InvitationByToken(ctx context.Context, tokenHash []byte) (storage.Invitation, error) {
	found, err := s.listInvitations(ctx, "invitation by token", func(i storage.Invitation) bool {
		return bytes.Equal(i.TokenHash, tokenHash)
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("memory: invitation by token: %w", storage.ErrNotFound)
	}
	if err != nil {
		return storage.Invitation{}, err
	}
	return found[0], nil
}

// ClaimInvitation removes the invitation and sets g.
func (s *Store) ClaimInvitation(ctx context.Context, id string, g storage.Grant, was string) (storage.Grant, error) {
	if err := storage.CheckClaim(g); err != nil {
		return storage.Grant{}, fmt.Errorf("memory: claim invitation: %w", err)
	}
	unlock, err := s.begin(ctx, "claim invitation")
	if err != nil {
		return storage.Grant{}, err
	}
	defer unlock()
	if err := s.invited("claim invitation", g.Document, id); err != nil {
		return storage.Grant{}, err
	}
	var given storage.Grant
	if g.Role != "" {
		if given, err = s.setGrant("claim invitation", g, was); err != nil {
			return storage.Grant{}, err
		}
	}
	delete(s.invitations, id)
	s.tellOf(storage.EventMembers, g.Document)
	return given, nil
}

// invited returns the fault of an invitation that does not wait on doc, or nil.
func (s *Store) invited(what string, doc storage.DocumentID, id string) error {
	if _, err := s.live(what, doc); err != nil {
		return err
	}
	if i, ok := s.invitations[id]; !ok || i.Document != doc {
		return fmt.Errorf("memory: %s doc=%s: %w", what, doc, storage.ErrNotFound)
	}
	return nil
}

// DeleteInvitation withdraws one.
func (s *Store) DeleteInvitation(ctx context.Context, doc storage.DocumentID, id string) error {
	unlock, err := s.begin(ctx, "delete invitation")
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.invited("delete invitation", doc, id); err != nil {
		return err
	}
	delete(s.invitations, id)
	s.tellOf(storage.EventMembers, doc)
	return nil
}

// CreateRequest stores r in place of the person's older one.
func (s *Store) CreateRequest(ctx context.Context, r storage.AccessRequest) error {
	r, err := storage.CleanRequest(r)
	if err != nil {
		return fmt.Errorf("memory: create request: %w", err)
	}
	unlock, err := s.begin(ctx, "create request")
	if err != nil {
		return err
	}
	defer unlock()
	d, err := s.live("create request", r.Document)
	if err != nil {
		return err
	}
	if err := s.person("create request", r.User); err != nil {
		return err
	}
	kept, ok := d.requests[r.User]
	if ok {
		r.CreatedAt = kept.CreatedAt
	}
	if r != kept {
		s.tellOf(storage.EventMembers, r.Document)
	}
	d.requests[r.User] = r
	return nil
}

// Requests lists a document's.
func (s *Store) Requests(ctx context.Context, doc storage.DocumentID) ([]storage.AccessRequest, error) {
	unlock, err := s.begin(ctx, "requests")
	if err != nil {
		return nil, err
	}
	defer unlock()
	d, ok := s.documents[doc]
	if !ok {
		return nil, nil
	}
	return slices.SortedFunc(maps.Values(d.requests), func(a, b storage.AccessRequest) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.User, b.User))
	}), nil
}

// DeleteRequest removes one.
func (s *Store) DeleteRequest(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	unlock, err := s.begin(ctx, "delete request")
	if err != nil {
		return err
	}
	defer unlock()
	d, err := s.live("delete request", doc)
	if err != nil {
		return err
	}
	if _, ok := d.requests[user]; !ok {
		return fmt.Errorf("memory: delete request doc=%s user=%s: %w", doc, user, storage.ErrNotFound)
	}
	delete(d.requests, user)
	s.tellOf(storage.EventMembers, doc)
	return nil
}

func cloneInvitation(i storage.Invitation) storage.Invitation {
	i.TokenHash = slices.Clone(i.TokenHash)
	return i
}
