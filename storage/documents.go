package storage

import (
	"context"
	"time"
)

// Document is a document's metadata.
type Document struct {
	ID        DocumentID
	Title     string
	Owner     UserID // who created it, or to whom it was transferred; "" if it belongs to an application
	CreatedAt time.Time
	TrashedAt time.Time // zero: not in the trash
	TrashedBy UserID
	Preview   string // the first words, as of the newest snapshot

	Application string // the issuer of the application's tokens; "" if the document belongs to a person
}

// Trashed reports whether the document is in the trash.
func (d Document) Trashed() bool { return !d.TrashedAt.IsZero() }

// Scope says which of a person's documents a list shows.
type Scope string

const (
	ScopeAll    Scope = "all"    // any role, not in the trash
	ScopeMine   Scope = "mine"   // as an owner, not in the trash
	ScopeShared Scope = "shared" // not as an owner, not in the trash
	ScopeTrash  Scope = "trash"  // as an owner, in the trash
)

// Cursor is a position in a list: after the document with this time and id. The zero Cursor is the start.
type Cursor struct {
	UpdatedAt time.Time
	ID        DocumentID
}

// DocumentQuery asks for a page of the documents on which User, or a group that User is in, has a grant: newest change first, then
// by id. Documents that User reaches only by AccountReach are not listed, because every account does.
type DocumentQuery struct {
	User  UserID
	Scope Scope
	Title string // only titles that contain it, without regard to case; "" for all. There are no wildcards
	After Cursor
	Limit int // at least 1

	Within []IDRange // for ListWithin, without overlap
}

// IDRange is the ids from From (inclusive) to Before (exclusive), in byte order.
type IDRange struct{ From, Before DocumentID }

// ListedMembers is how many members a list names.
const ListedMembers = 5

// Listed is a document in a person's list.
type Listed struct {
	Document    Document
	Head        Head
	Roles       []string // of all HeldRoles of the person, each once, sorted by bytes; the highest role counts
	Members     []UserID // the first ListedMembers people with a grant of their own, oldest grant first
	MemberCount int
}

// Cursor returns the position of l in its list.
func (l Listed) Cursor() Cursor { return Cursor{UpdatedAt: l.Head.UpdatedAt, ID: l.Document.ID} }

// Documents stores the metadata of documents. Methods that take a document return ErrNotFound for an id that was never used and
// ErrDeleted for a tombstone (L7).
type Documents interface {
	// CreateDocument stores d with its first ops and its owner's grant, all or none. Either d.Owner or d.Application must be set;
	// an application gets no grant. d's trash fields are ignored. Preview is kept until the first snapshot replaces it. ErrExists
	// if the id is or ever was taken, ErrNotFound if the owner is a deleted person.
	CreateDocument(ctx context.Context, d Document, ops []Op) error
	Document(ctx context.Context, doc DocumentID) (Document, error)
	// ListDocuments returns at most q.Limit documents after q.After.
	ListDocuments(ctx context.Context, q DocumentQuery) ([]Listed, error)
	// ListWithin returns such a page of all documents with an id in q.Within, whoever has access, without Roles. q.Scope is
	// ScopeAll or ScopeTrash; for any other the page is empty.
	ListWithin(ctx context.Context, q DocumentQuery) ([]Listed, error)
	SetTitle(ctx context.Context, doc DocumentID, title string) error
	// TrashDocument moves a document to the trash. If it is there already, its TrashedAt and TrashedBy stay.
	TrashDocument(ctx context.Context, doc DocumentID, by UserID, at time.Time) error
	// RestoreDocument takes a document out of the trash. It does nothing if it is not there.
	RestoreDocument(ctx context.Context, doc DocumentID) error
	// DeleteDocument deletes ops, snapshots, grants, group grants, reach, links, invitations and requests for good, in one
	// transaction, and leaves a tombstone.
	DeleteDocument(ctx context.Context, doc DocumentID, at time.Time) error
	// TrashedBefore lists up to limit documents that were trashed before that time, earliest first.
	TrashedBefore(ctx context.Context, before time.Time, limit int) ([]DocumentID, error)
	// OwnedBytes returns the sum of Head.Bytes of the documents whose Owner is user.
	OwnedBytes(ctx context.Context, user UserID) (int64, error)
	// ApplicationBytes returns the sum of Head.Bytes of the documents that belong to an application.
	ApplicationBytes(ctx context.Context, application string) (int64, error)
}
