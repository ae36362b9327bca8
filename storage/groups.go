package storage

import (
	"context"
	"time"
)

// Group is a set of people to which roles can be granted.
type Group struct {
	ID        string
	Name      string // unique without regard to case
	CreatedBy UserID
	CreatedAt time.Time
}

// GroupMember is a person's membership in a group.
type GroupMember struct {
	Group     string
	User      UserID
	Manager   bool // may change the group
	CreatedAt time.Time
}

// GroupOffer is a membership that is offered to a person. It has no effect until they accept it.
type GroupOffer struct {
	Group     string
	User      UserID
	Manager   bool
	CreatedBy UserID
	CreatedAt time.Time
}

// GroupListed is a group in a list.
type GroupListed struct {
	Group   Group
	Members int
	Manager bool // the user whose groups are listed manages it
}

// Groups stores groups of people. A group always has at least one manager.
type Groups interface {
	// CreateGroup stores g with its creator as manager; ErrNotFound if there is no such user, ErrExists if id or name is
	// taken, ErrFull if they are in MostGroups.
	CreateGroup(ctx context.Context, g Group) error
	Group(ctx context.Context, id string) (Group, error)
	// Groups lists the groups that user is in, or all if user is "" (then Manager is false), by folded name, at most limit.
	Groups(ctx context.Context, user UserID, limit int) ([]GroupListed, error)
	// RenameGroup changes a group's name; ErrExists if that is taken.
	RenameGroup(ctx context.Context, id, name string) error
	// DeleteGroup deletes a group with its memberships, offers and grants.
	DeleteGroup(ctx context.Context, id string) error
	// GroupMembers lists a group's members, oldest first, then by user; none if it does not exist.
	GroupMembers(ctx context.Context, id string) ([]GroupMember, error)
	// SetGroupMember adds m and deletes an offer to them. If they are a member already it changes Manager and keeps CreatedAt.
	// ErrNotFound if group or user does not exist, ErrLastManager if no manager would be left, ErrFull if it has MostGroupMembers.
	SetGroupMember(ctx context.Context, m GroupMember) error
	// RemoveGroupMember removes a member; ErrNotFound if they are not one, ErrLastManager if no manager would be left.
	RemoveGroupMember(ctx context.Context, id string, user UserID) error
	// OfferPlace stores o and replaces an older offer to the same person; ErrNotFound if group or user does not exist,
	// ErrExists if they are a member, ErrFull if the group has MostGroupMembers.
	OfferPlace(ctx context.Context, o GroupOffer) error
	// GroupOffers lists a group's offers, oldest first, then by user; none if it does not exist.
	GroupOffers(ctx context.Context, id string) ([]GroupOffer, error)
	// OffersTo lists the offers to user, oldest first, then by group.
	OffersTo(ctx context.Context, user UserID) ([]GroupOffer, error)
	// TakePlace replaces an offer by a membership created at that time, both or neither, and returns it. ErrNotFound if there
	// is no offer: of concurrent calls one succeeds.
	TakePlace(ctx context.Context, id string, user UserID, at time.Time) (GroupMember, error)
	// WithdrawPlace deletes an offer; ErrNotFound if there is none.
	WithdrawPlace(ctx context.Context, id string, user UserID) error
	// GroupDocuments lists the documents on which the group has a grant, by id.
	GroupDocuments(ctx context.Context, id string) ([]DocumentID, error)
}

// GroupGrant gives all members of a group a role on a document; never RoleOwner.
type GroupGrant struct {
	Document  DocumentID
	Group     string
	Role      string
	Since     Revision // the head when it was first granted (W8); set by the store
	CreatedAt time.Time
}

// AccountReach gives every account of the installation that knows a document's address a role on it; never RoleOwner.
type AccountReach struct {
	Role  string   // "" for none
	Since Revision // the head when it was first granted (W8); set by the store
}
