package storage

import (
	"fmt"
	"time"
)

// The functions below return a value as it is stored, or ErrInvalid if it is invalid.

// CleanGroup returns g as it is stored.
func CleanGroup(g Group) (Group, error) {
	g.Name, g.CreatedAt = Text(g.Name), Milli(g.CreatedAt)
	if g.ID == "" || g.Name == "" || g.CreatedBy == "" {
		return g, fmt.Errorf("%w: a group needs an id, a name and a creator", ErrInvalid)
	}
	return g, nil
}

// CleanGroupGrant returns g as it is stored, except Since, which the store sets.
func CleanGroupGrant(g GroupGrant) (GroupGrant, error) {
	g.CreatedAt = Milli(g.CreatedAt)
	if g.Document == "" || g.Group == "" || g.Role == "" || g.Role == AnyRole || g.Role == RoleOwner {
		return g, fmt.Errorf("%w: a group's grant needs a document, a group and a role other than owner", ErrInvalid)
	}
	return g, nil
}

// CheckReach returns ErrInvalid if all accounts cannot have role, else nil.
func CheckReach(role string) error {
	if role == AnyRole || role == RoleOwner {
		return fmt.Errorf("%w: a reach has a role other than owner, or none", ErrInvalid)
	}
	return nil
}

// CheckTransfer returns ErrInvalid if a transfer is invalid, else nil.
func CheckTransfer(from, to UserID, then string) error {
	if from == to || to == "" || then == AnyRole {
		return fmt.Errorf("%w: a transfer goes from one person to another", ErrInvalid)
	}
	if from == "" && then != "" {
		return fmt.Errorf("%w: an application has no role to keep", ErrInvalid)
	}
	return nil
}

// CleanInvitation returns i as it is stored.
func CleanInvitation(i Invitation) (Invitation, error) {
	i.Email, i.CreatedAt, i.ExpiresAt = Text(i.Email), Milli(i.CreatedAt), Milli(i.ExpiresAt)
	if i.ID == "" || i.Document == "" || i.Email == "" || i.Role == "" || i.Role == AnyRole {
		return i, fmt.Errorf("%w: an invitation needs an id, a document, an e-mail and a role", ErrInvalid)
	}
	return i, nil
}

// CheckClaim returns ErrInvalid if an invitation cannot be claimed for g, else nil. A g without a role is valid: see
// Sharing.ClaimInvitation.
func CheckClaim(g Grant) error {
	if g.Role == "" {
		return nil
	}
	return CheckGrant(g)
}

// CleanRequest returns r as it is stored.
func CleanRequest(r AccessRequest) (AccessRequest, error) {
	r.Message, r.CreatedAt = Text(r.Message), Milli(r.CreatedAt)
	if r.Document == "" || r.User == "" || r.Role == "" || r.Role == AnyRole {
		return r, fmt.Errorf("%w: a request needs a document, a user and a role", ErrInvalid)
	}
	return r, nil
}

// KeptCodes is how many codes of one user and purpose are kept.
const KeptCodes = 10

// CleanCode returns c as it is stored.
func CleanCode(c Code) (Code, error) {
	c.Email, c.CreatedAt, c.ExpiresAt = Text(c.Email), Milli(c.CreatedAt), Milli(c.ExpiresAt)
	if len(c.Hash) == 0 || c.Purpose == "" || c.User == "" {
		return c, fmt.Errorf("%w: a code needs a hash, a purpose and a user", ErrInvalid)
	}
	return c, nil
}

// CleanToken returns t as it is stored.
func CleanToken(t Token) (Token, error) {
	t.Name = Text(t.Name)
	t.CreatedAt, t.LastUsedAt, t.ExpiresAt = Milli(t.CreatedAt), Milli(t.LastUsedAt), Milli(t.ExpiresAt)
	if t.ID == "" || len(t.Hash) == 0 || t.User == "" {
		return t, fmt.Errorf("%w: a token needs an id, a hash and a user", ErrInvalid)
	}
	return t, nil
}

// CleanEntry returns e as it is stored, except its id, which the store sets.
func CleanEntry(e AuditEntry) (AuditEntry, error) {
	e.ID, e.At = 0, Milli(e.At)
	e.Subject, e.Detail, e.Address = Text(e.Subject), Text(e.Detail), Text(e.Address)
	if e.Action == "" {
		return e, fmt.Errorf("%w: an entry needs an action", ErrInvalid)
	}
	return e, nil
}

// CheckPicture returns ErrInvalid if a picture is invalid, else nil.
func CheckPicture(body []byte, version string) error {
	if len(body) > 0 && version == "" {
		return fmt.Errorf("%w: a picture needs a version", ErrInvalid)
	}
	return nil
}

// InvitationsKept is how long expired invitations are kept, so that a person who opens one late is told why it fails.
const InvitationsKept = 30 * 24 * time.Hour
