package storage

import (
	"context"
	"time"
)

// Ways by which a role reaches somebody, as Way.Via names those that are not a grant of their own.
const (
	ViaGroup = "group"
	ViaReach = "reach"
)

// Way is one reason why somebody has a role on a document. What counts is the highest role of all ways.
type Way struct {
	Role  string
	Since Revision
	Via   string // of a grant its own word; ViaGroup or ViaReach
	Group string // with ViaGroup
}

// Sharing keeps by which ways, beside their own grants, people come to documents. Methods that write give ErrNotFound or
// ErrDeleted for a document that is not there.
type Sharing interface {
	// Ways returns all of user's on doc, in no order, at one instant: the grant, those of groups, and the reach if user is
	// an account (a user with an e-mail who is no guest). None for a document that is not there, nor for an application's
	// person, whom their token alone lets in.
	Ways(ctx context.Context, doc DocumentID, user UserID) ([]Way, error)

	// GroupGrants lists a document's, oldest first, then by group; none for a document that is not there.
	GroupGrants(ctx context.Context, doc DocumentID) ([]GroupGrant, error)
	// SetGroupGrant sets the role and returns the grant as it then is; ErrNotFound without the group. A change of role
	// keeps Since and CreatedAt.
	SetGroupGrant(ctx context.Context, g GroupGrant) (GroupGrant, error)
	// RemoveGroupGrant takes the role away; ErrNotFound if there is none.
	RemoveGroupGrant(ctx context.Context, doc DocumentID, group string) error

	// Reach returns a document's; none for a document that is not there.
	Reach(ctx context.Context, doc DocumentID) (AccountReach, error)
	// SetReach sets role for every account ("" for none) and returns the reach as it then is. A change from one role to
	// another keeps Since.
	SetReach(ctx context.Context, doc DocumentID, role string) (AccountReach, error)

	// SetLinkExpiry sets until when a link opens (zero: for ever) and returns it as it then is; ErrNotFound if the document
	// has none of that id.
	SetLinkExpiry(ctx context.Context, doc DocumentID, id string, expires time.Time) (Link, error)

	// TransferDocument makes to an owner and Document.Owner, and gives from the role then ("" for none), all or none. From
	// "" is the application that the document belongs to, and then is "". ErrNotFound if from is no owner, or to no user or
	// only an application's person. Grants that change keep what SetGrant keeps; a new one is of at,
	// via RoleOwner.
	TransferDocument(ctx context.Context, doc DocumentID, from, to UserID, then string, at time.Time) error
	// SoleOwned lists the documents that user is the only owner of, by id, also those in the trash; Others says whether
	// anybody else has a grant, or a group has, or there is a reach.
	SoleOwned(ctx context.Context, user UserID) ([]SoleOwned, error)

	// CreateInvitation stores i. One to the same document and e-mail (folded) is replaced, so its address opens nothing
	// any more; ErrExists, and nothing is replaced, if id or hash is another one's.
	CreateInvitation(ctx context.Context, i Invitation) error
	// Invitations lists a document's that wait, oldest first, then by id, also those that expired; none for a document
	// that is not there.
	Invitations(ctx context.Context, doc DocumentID) ([]Invitation, error)
	// InvitationsTo lists those that wait for an e-mail (without regard to case), not expired at now, oldest first, then by
	// id.
	InvitationsTo(ctx context.Context, email string, now time.Time) ([]Invitation, error)
	// InvitationByToken returns one that waits, also if it expired.
	InvitationByToken(ctx context.Context, tokenHash []byte) (Invitation, error)
	// ClaimInvitation removes the invitation and sets g as SetGrant does, all or none: of many at once one wins, the others
	// get ErrNotFound, as where none of that id waits on g.Document. ErrConflict if g.User's role was not was; whatever
	// the error, the invitation stays. With g.Role "" nothing but the removal happens, and no grant is given back.
	// Whether it expired is the caller's to judge.
	ClaimInvitation(ctx context.Context, id string, g Grant, was string) (Grant, error)
	// DeleteInvitation withdraws one; ErrNotFound if the document has none of that id.
	DeleteInvitation(ctx context.Context, doc DocumentID, id string) error

	// CreateRequest stores r; one of the same person on the same document is replaced, but keeps its CreatedAt.
	// ErrNotFound if there is no such user.
	CreateRequest(ctx context.Context, r AccessRequest) error
	// Requests lists a document's, oldest first, then by user; none for a document that is not there.
	Requests(ctx context.Context, doc DocumentID) ([]AccessRequest, error)
	// DeleteRequest removes it; ErrNotFound if there is none.
	DeleteRequest(ctx context.Context, doc DocumentID, user UserID) error
}

// SoleOwned is a document with one owner.
type SoleOwned struct {
	Document DocumentID
	Others   bool // whether somebody else has a role
}

// Invitation gives its role to one person, who comes through its address or has its e-mail, verified. Only a hash of the
// address's token is kept.
type Invitation struct {
	ID        string
	TokenHash []byte // unique
	Document  DocumentID
	Email     string
	Role      string
	CreatedBy UserID
	CreatedAt time.Time
	ExpiresAt time.Time
}

// AccessRequest is somebody's wish for a role.
type AccessRequest struct {
	Document  DocumentID
	User      UserID
	Role      string
	Message   string
	CreatedAt time.Time
}
