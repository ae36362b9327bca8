package storage

import (
	"context"
	"time"
)

// RoleOwner is the only role whose meaning the store knows: a document keeps at least one owner.
const RoleOwner = "owner"

// AnyRole as the parameter was of SetGrant or ClaimInvitation means that the grant may have any role or not exist.
const AnyRole = "*"

// Grant gives a person a role on a document.
type Grant struct {
	Document  DocumentID
	User      UserID
	Role      string
	Since     Revision // the head when it was first granted (W8); set by the store
	CreatedAt time.Time
	Via       string // how they got it: "owner", "link:" with the link's id, …; defined by the caller
}

// Link is an address that grants its role to whoever opens it. Only the hash of its token is stored.
type Link struct {
	ID        string
	TokenHash []byte // unique
	Document  DocumentID
	Role      string
	CreatedBy UserID
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never. The store returns expired links too
	Token     string    // the API token with which it was made; "" for none
}

// Grants stores people's roles on documents, and links. A grant of an application's person (User.OfApplication) is stored but has
// no effect: it makes nobody an owner or a member, and is not among their HeldRoles. A document of an application needs no owner.
// Methods that write return ErrNotFound or ErrDeleted for a document that does not exist.
type Grants interface {
	// Grant returns user's grant on doc; ErrNotFound if there is none, also if doc does not exist.
	Grant(ctx context.Context, doc DocumentID, user UserID) (Grant, error)
	// Grants lists doc's grants, oldest first, then by user; none if doc does not exist.
	Grants(ctx context.Context, doc DocumentID) ([]Grant, error)
	// SetGrant sets g.User's role if it still is was ("" for none; AnyRole), else it returns ErrConflict. It returns the grant as
	// stored: a change of role keeps Since, CreatedAt and Via. ErrLastOwner if no owner would be left, ErrNotFound if the person
	// is deleted.
	SetGrant(ctx context.Context, g Grant, was string) (Grant, error)
	// RemoveGrant deletes a grant; ErrNotFound if there is none, ErrLastOwner if no owner would be left.
	RemoveGrant(ctx context.Context, doc DocumentID, user UserID) error

	// CreateLink stores l; ErrExists if id or hash is taken, ErrFull if the document has MostLinks.
	CreateLink(ctx context.Context, l Link) error
	// Links lists doc's links, oldest first, then by id; none if doc does not exist.
	Links(ctx context.Context, doc DocumentID) ([]Link, error)
	LinkByToken(ctx context.Context, tokenHash []byte) (Link, error)
	// DeleteLink deletes a link; ErrNotFound if doc has no such link.
	DeleteLink(ctx context.Context, doc DocumentID, id string) error
}
