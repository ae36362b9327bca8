package storage

import (
	"context"
	"time"
)

// RoleOwner is the one role whose meaning the store knows: a document keeps at least one.
const RoleOwner = "owner"

// AnyRole, as what a grant was, sets it whatever it was.
const AnyRole = "*"

// Grant gives a person a role on a document.
type Grant struct {
	Document  DocumentID
	User      UserID
	Role      string
	Since     Revision // the head when it was first given (W8); set by the store
	CreatedAt time.Time
	Via       string // how it came about: "owner", "link:" and the id of a link, … ; the caller's word
}

// Link is an address that gives its role to whoever opens it. Only a hash of its token is kept.
type Link struct {
	ID        string
	TokenHash []byte // unique
	Document  DocumentID
	Role      string
	CreatedBy UserID
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never. The store gives links that expired, too
}

// Grants keeps who may do what. A grant of an application's person (User.OfApplication) is kept and counts nowhere: it is no
// owner, no member and no way. A document of an application needs no owner beside it. Methods that write give ErrNotFound or ErrDeleted for a document that is not there.
type Grants interface {
	// Grant returns user's grant on doc; ErrNotFound if there is none, for whatever reason.
	Grant(ctx context.Context, doc DocumentID, user UserID) (Grant, error)
	// Grants lists a document's, oldest first, then by user; none for a document that is not there.
	Grants(ctx context.Context, doc DocumentID) ([]Grant, error)
	// SetGrant sets g.User's role and returns the grant as it then is. was is the role it had ("" for none, or
	// AnyRole); ErrConflict if it had another. A change of role keeps Since, CreatedAt and Via. ErrLastOwner if no owner
	// would be left, ErrNotFound if that person is deleted.
	SetGrant(ctx context.Context, g Grant, was string) (Grant, error)
	// RemoveGrant takes the role away; ErrNotFound if there is none, ErrLastOwner if no owner would be left.
	RemoveGrant(ctx context.Context, doc DocumentID, user UserID) error

	// CreateLink stores l; ErrExists if id or hash is taken.
	CreateLink(ctx context.Context, l Link) error
	// Links lists a document's, oldest first, then by id; none for a document that is not there.
	Links(ctx context.Context, doc DocumentID) ([]Link, error)
	LinkByToken(ctx context.Context, tokenHash []byte) (Link, error)
	// DeleteLink withdraws one; ErrNotFound if the document has none of that id.
	DeleteLink(ctx context.Context, doc DocumentID, id string) error
}
