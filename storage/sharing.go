package storage

import (
	"context"
	"time"
)

// Values of HeldRole.Via for a role that does not come from the person's own grant.
const (
	ViaGroup = "group"
	ViaReach = "reach"
)

// HeldRole is a role that somebody holds on a document, and how they came by it. Of all that one holds, the highest counts.
type HeldRole struct {
	Role  string
	Since Revision
	Via   string // Grant.Via for a grant of their own; else ViaGroup or ViaReach
	Group string // with ViaGroup
}

// Sharing stores how people get access to documents other than by their own grants. Methods that write return ErrNotFound or
// ErrDeleted for a document that does not exist.
type Sharing interface {
	// HeldRoles returns all roles that user holds on doc, in no order, read at one instant: by their grant, those of their
	// groups, and the reach if user is an account (User.Account). None if doc does not exist, or for an application's person,
	// whose token alone decides.
	HeldRoles(ctx context.Context, doc DocumentID, user UserID) ([]HeldRole, error)

	// GroupGrants lists doc's group grants, oldest first, then by group; none if doc does not exist.
	GroupGrants(ctx context.Context, doc DocumentID) ([]GroupGrant, error)
	// SetGroupGrant sets a group's role and returns the grant as stored: a change of role keeps Since and CreatedAt.
	// ErrNotFound if the group does not exist, ErrFull if MostDocumentGroups have a role.
	SetGroupGrant(ctx context.Context, g GroupGrant) (GroupGrant, error)
	// RemoveGroupGrant deletes a group's grant; ErrNotFound if there is none.
	RemoveGroupGrant(ctx context.Context, doc DocumentID, group string) error

	// Reach returns the role of every account on doc; none if doc does not exist.
	Reach(ctx context.Context, doc DocumentID) (AccountReach, error)
	// SetReach sets the role of every account ("" for none) and returns the reach as stored: a change from one role to another
	// keeps Since.
	SetReach(ctx context.Context, doc DocumentID, role string) (AccountReach, error)

	// SetLinkExpiry sets when a link expires (zero: never) and returns it as stored; ErrNotFound if doc has no such link.
	SetLinkExpiry(ctx context.Context, doc DocumentID, id string, expires time.Time) (Link, error)

	// SoleOwned lists the documents whose only owner is user, by id, also those in the trash.
	SoleOwned(ctx context.Context, user UserID) ([]SoleOwned, error)

	// MadeWith lists the links and the invitations that were made with an API token (not "") and are still there, expired ones
	// too: each oldest first, then by id.
	MadeWith(ctx context.Context, token string) ([]Link, []Invitation, error)

	// CreateInvitation stores i and replaces one for the same document and e-mail (folded), whose address then no longer works.
	// ErrExists, and nothing is replaced, if another invitation has the id or hash; ErrFull if the document has MostInvitations.
	CreateInvitation(ctx context.Context, i Invitation) error
	// Invitations lists doc's open invitations, also expired ones, oldest first, then by id; none if doc does not exist.
	Invitations(ctx context.Context, doc DocumentID) ([]Invitation, error)
	// InvitationsTo lists the open invitations to an e-mail (without regard to case) that are not expired at now, oldest first,
	// then by id.
	InvitationsTo(ctx context.Context, email string, now time.Time) ([]Invitation, error)
	// InvitationByToken returns an open invitation, also an expired one.
	InvitationByToken(ctx context.Context, tokenHash []byte) (Invitation, error)
	// ClaimInvitation deletes an invitation and sets g as SetGrant does, both or neither, with its errors. ErrNotFound if
	// g.Document has no such open invitation: of concurrent calls one succeeds. If g.Role is "" it only deletes the
	// invitation and returns no grant. The caller must check whether the invitation has expired.
	ClaimInvitation(ctx context.Context, id string, g Grant, was string) (Grant, error)
	// DeleteInvitation deletes an invitation; ErrNotFound if doc has no such invitation.
	DeleteInvitation(ctx context.Context, doc DocumentID, id string) error

	// CreateRequest stores r. It replaces one of the same person for the same document, but keeps its CreatedAt.
	// ErrNotFound if there is no such user, ErrFull if the document has MostRequests.
	CreateRequest(ctx context.Context, r AccessRequest) error
	// Requests lists doc's requests, oldest first, then by user; none if doc does not exist.
	Requests(ctx context.Context, doc DocumentID) ([]AccessRequest, error)
	// DeleteRequest deletes a request; ErrNotFound if there is none.
	DeleteRequest(ctx context.Context, doc DocumentID, user UserID) error
}

// SoleOwned is a document with a single owner.
type SoleOwned struct {
	Document DocumentID
	Others   bool // another person or a group has a grant, or there is a reach
}

// Invitation grants its role to one person: who opens its address, or has its e-mail verified. Only the hash of the address's token
// is stored.
type Invitation struct {
	ID        string
	TokenHash []byte // unique
	Document  DocumentID
	Email     string
	Role      string
	CreatedBy UserID
	CreatedAt time.Time
	ExpiresAt time.Time
	Token     string // the API token with which it was made; "" for none
}

// AccessRequest is a person's request for a role.
type AccessRequest struct {
	Document  DocumentID
	User      UserID
	Role      string
	Message   string
	CreatedAt time.Time
}
