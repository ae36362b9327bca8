package storage

import (
	"context"
	"time"
)

// Group is a set of people that a role can be given to.
type Group struct {
	ID        string
	Name      string // unique without regard to case
	CreatedBy UserID
	CreatedAt time.Time
}

// GroupMember is somebody's place in a group.
type GroupMember struct {
	Group     string
	User      UserID
	Manager   bool // may change the group
	CreatedAt time.Time
}

// GroupOffer is a place in a group that waits for its person to take it. Until then it gives nothing.
type GroupOffer struct {
	Group     string
	User      UserID
	Manager   bool
	CreatedBy UserID
	CreatedAt time.Time
}

// GroupListed is a group as a list shows it.
type GroupListed struct {
	Group   Group
	Members int
	Manager bool // whether the one who asked is one
}

// Groups keeps groups of people. A group has at least one manager as long as it exists.
type Groups interface {
	// CreateGroup stores g with its creator as manager; ErrNotFound if there is no such user, ErrExists if id or name is
	// taken.
	CreateGroup(ctx context.Context, g Group) error
	Group(ctx context.Context, id string) (Group, error)
	// Groups lists those user is in, or with "" all, by folded name; at most limit. Manager is false with "".
	Groups(ctx context.Context, user UserID, limit int) ([]GroupListed, error)
	// RenameGroup changes its name; ErrExists if that is taken.
	RenameGroup(ctx context.Context, id, name string) error
	// DeleteGroup removes it, its places, offered ones too, and what was granted to it.
	DeleteGroup(ctx context.Context, id string) error
	// GroupMembers lists who is in, oldest first, then by user; none for a group that is not there.
	GroupMembers(ctx context.Context, id string) ([]GroupMember, error)
	// SetGroupMember puts m in, or changes whether they manage and keeps CreatedAt; an offer to them is gone with it.
	// ErrNotFound without group or user, ErrLastManager if no manager would be left.
	SetGroupMember(ctx context.Context, m GroupMember) error
	// RemoveGroupMember takes somebody out; ErrNotFound if they are not in, ErrLastManager if no manager would be left.
	RemoveGroupMember(ctx context.Context, id string, user UserID) error
	// OfferPlace stores o, in the place of an older one to the same person; ErrNotFound without group or user, ErrExists if
	// they are in.
	OfferPlace(ctx context.Context, o GroupOffer) error
	// GroupOffers lists a group's, oldest first, then by user; none for a group that is not there.
	GroupOffers(ctx context.Context, id string) ([]GroupOffer, error)
	// OffersTo lists those to user, oldest first, then by group.
	OffersTo(ctx context.Context, user UserID) ([]GroupOffer, error)
	// TakePlace turns an offer into a place of at, all or none, and returns the place: of many at once one wins, the others
	// get ErrNotFound, as where there is none.
	TakePlace(ctx context.Context, id string, user UserID, at time.Time) (GroupMember, error)
	// WithdrawPlace removes an offer; ErrNotFound if there is none.
	WithdrawPlace(ctx context.Context, id string, user UserID) error
	// GroupDocuments lists the documents that something was granted to the group on, by id.
	GroupDocuments(ctx context.Context, id string) ([]DocumentID, error)
}

// GroupGrant gives everybody in a group a role on a document; never RoleOwner.
type GroupGrant struct {
	Document  DocumentID
	Group     string
	Role      string
	Since     Revision // the head when it was first given (W8); set by the store
	CreatedAt time.Time
}

// AccountReach gives every account of the installation a role on a document that they know the address of; never RoleOwner.
type AccountReach struct {
	Role  string   // "" for none
	Since Revision // the head when it was first given (W8); set by the store
}
